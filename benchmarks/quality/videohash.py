"""The `videohash2` package as a peer, where it is installed: one 64-bit hash of a whole video.

It is no dependency of ours: `pip install videohash2` into an environment of its own, or with
`--target` into a folder on PYTHONPATH.
"""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from app.core.media import MediaKind
from benchmarks.quality.answers import Answer
from benchmarks.quality.files import Files
from benchmarks.quality.peers import NOTHING, Verdict, answer
from benchmarks.quality.queries import Query

PACKAGE = "videohash2"
BITS, ALERT_BITS = 64, 10
"""The package calls videos similar within 15 % of the bits, which are 9.6."""


def installed() -> bool:
    """Say whether the package is there."""
    return importlib.util.find_spec(PACKAGE) is not None


def judged(queries: Sequence[Query], known: Sequence[Path], files: Files) -> list[Answer]:
    """Give what the package says of every query and known video; stills it cannot hash."""
    with _ffmpeg_on_path():
        hashes = {
            path: _hash(path) if files(path).info.kind is MediaKind.VIDEO else None
            for path in {*known, *(query.path for query in queries)}
        }
    return [
        answer(query, {path.name: _verdict(hashes[query.path], hashes[path]) for path in known})
        for query in queries
    ]


def _verdict(query: int | None, known: int | None) -> Verdict:
    if query is None or known is None:
        return NOTHING
    bits = (query ^ known).bit_count()
    return Verdict(1 - bits / BITS, bits <= ALERT_BITS)


@cache
def _hash(path: Path) -> int | None:
    """Hash one video; None where the package cannot."""
    from videohash2 import VideoHash  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        try:
            made = VideoHash(path=str(path), storage_path=folder)
        except Exception as error:  # noqa: BLE001 -- its errors share no class
            print(f"{PACKAGE} cannot hash {path.name}: {error}", flush=True)
            return None
        return int(made.hash_hex, 16)


@contextmanager
def _ffmpeg_on_path() -> Iterator[None]:
    """Let the package find our ffmpeg where the system has none: it looks for one by name."""
    before = os.environ.get("PATH", "")
    with tempfile.TemporaryDirectory() as folder:
        if not shutil.which("ffmpeg"):
            (Path(folder) / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
        os.environ["PATH"] = f"{folder}{os.pathsep}{before}"
        try:
            yield
        finally:
            os.environ["PATH"] = before
