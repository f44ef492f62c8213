"""What each upload would alert for, if it came only now."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import batched
from multiprocessing import get_context
from pathlib import Path

from app import db
from app.blobs.local import LocalBlobs
from app.core.fingerprints.describe import default_describers
from app.core.media import DecodeLimits
from app.db.matches import ALERTING
from app.services.bench import LocalBench
from app.services.index_client import IndexClient

AT_ONCE = 20

type Pair = tuple[str, str]
"""An upload's id and that of a known item."""


def from_scratch(database: db.Database, folder: Path, uploads: Sequence[str]) -> set[Pair]:
    """The pairs of these uploads of the desk in a folder, which must run."""
    search = partial(_search, database.engine.url.render_as_string(), folder)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return set().union(*pool.map(search, batched(uploads, AT_ONCE)))


def _search(database_url: str, folder: Path, uploads: Sequence[str]) -> set[Pair]:
    data = folder / "data"
    bench = LocalBench(
        database=db.Database(database_url),
        blobs=LocalBlobs(data / "blobs", reserve_bytes=0),
        index=IndexClient(data / "run"),
        describers=default_describers(),
        limits=DecodeLimits(),
        work_folder=folder,
    )
    return {
        (media_id, hit.known_media_id)
        for media_id in uploads
        for hit in bench.match(media_id).hits
        if hit.match.grade in ALERTING
    }
