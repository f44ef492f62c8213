"""Files that no row refers to: dropped where they arise, swept where a process died before that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched

import structlog

from app import db
from app.blobs.local import STALE_AFTER_S, LocalBlobs, WholeFile

AT_ONCE = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What no item has: contents by hash, and the ids whose derived files are left."""

    contents: tuple[str, ...]
    derived: tuple[str, ...]


@contextmanager
def adopted(
    database: db.Database, blobs: LocalBlobs, incoming: WholeFile
) -> Iterator[Callable[[], None]]:
    """Put a file among the stored ones for as long as the block; `keep()`, which is given, lets it stay.

    Call that once an item has the file. Else its content goes again at the end of the block, unless
    some item has it.
    """
    incoming.sync()
    blobs.adopt(incoming)
    is_kept = False

    def keep() -> None:
        nonlocal is_kept
        is_kept = True

    try:
        yield keep
    finally:
        # Refused, failed, or done long ago: the file that was just adopted may be nobody's.
        if not is_kept:
            drop_content(database, blobs, incoming.sha256)


def drop_content(database: db.Database, blobs: LocalBlobs, sha256: str) -> None:
    """Remove a content unless an item has it."""
    with database.write() as session:
        # Arrivals of this content wait here, and put it back if it is gone.
        db.exclusively(session, f"content {sha256}")
        if db.media.by_sha256(session, sha256) is None:
            blobs.delete(sha256)


def drop_derived(database: db.Database, blobs: LocalBlobs, media_id: str) -> None:
    """Remove what was made from an item if the item was deleted meanwhile."""
    with database.read() as session:
        gone = db.media.find(session, media_id) is None  # deleted, or purged
    if gone:
        blobs.delete_derived(media_id)


def find(
    database: db.Database, blobs: LocalBlobs, older_than_s: float = STALE_AFTER_S
) -> Leftovers:
    """Look for old files without an item: uploads and deletions that ended with their process."""
    return Leftovers(
        contents=tuple(_contents(database, blobs, older_than_s)),
        derived=tuple(_derived(database, blobs, older_than_s)),
    )


def remove(database: db.Database, blobs: LocalBlobs, found: Leftovers) -> Leftovers:
    """Remove what `find` found, unless an item has it by now; gives what could not be removed."""

    def stays(drop: Callable[[db.Database, LocalBlobs, str], None], name: str) -> bool:
        try:
            drop(database, blobs, name)
        except OSError as error:
            log.warning("leftovers.not_removed", name=name, error=str(error))
            return True
        return False

    return Leftovers(
        contents=tuple(each for each in found.contents if stays(drop_content, each)),
        derived=tuple(each for each in found.derived if stays(drop_derived, each)),
    )


def _contents(database: db.Database, blobs: LocalBlobs, older_than_s: float) -> Iterator[str]:
    for some in batched(blobs.contents(older_than_s), AT_ONCE):
        with database.read() as session:
            kept = db.media.contents_among(session, some)
        yield from (sha256 for sha256 in some if sha256 not in kept)


def _derived(database: db.Database, blobs: LocalBlobs, older_than_s: float) -> Iterator[str]:
    for some in batched(blobs.derived(older_than_s), AT_ONCE):
        with database.read() as session:
            kept = db.media.by_ids(session, some)
        yield from (media_id for media_id in some if media_id not in kept)
