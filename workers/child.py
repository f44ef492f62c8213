"""Inside a child process: the models, loaded once, and the work that the parent asks for."""

import contextlib
import os
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from app import telemetry
from app.blobs.local import LocalBlobs
from app.core.fingerprints.describe import default_describers
from app.core.media import DecodeLimits
from app.core.provenance.values import Provenance, TrustList
from app.db import Database
from app.db.rechecks import LogSpan
from app.services.bench import LocalBench
from app.services.heavy import Found, Looked, Made
from app.services.index_client import IndexClient
from workers.parent import follow_through_server

PROGRESS = "progress"
TELL_EVERY_S = 0.3
INDEX_PATIENCE_S = 600.0  # a large index takes minutes to rebuild


@dataclass(frozen=True, slots=True)
class Setup:
    """What a child needs to know."""

    database_url: str
    blobs_folder: Path
    run_folder: Path
    work_folder: Path
    frames_model: Path | None
    views_model: Path | None
    limits: DecodeLimits
    threads: int
    log_json: bool
    niceness: int


class _Process:
    """What this process works with."""

    bench: LocalBench


def start(setup: Setup) -> None:
    """Make this process's bench, then forbid it to grow much beyond."""
    follow_through_server()
    os.nice(setup.niceness)
    telemetry.configure(as_json=setup.log_json, process=f"child-{os.getpid()}")
    cv2.setNumThreads(setup.threads)
    # What a killed child leaves of strangers' files is removed with that folder.
    tempfile.tempdir = str(setup.work_folder)
    _Process.bench = LocalBench(
        database=Database(setup.database_url),
        blobs=LocalBlobs(setup.blobs_folder, reserve_bytes=0),
        index=IndexClient(setup.run_folder, INDEX_PATIENCE_S),
        describers=default_describers(setup.frames_model, setup.views_model, setup.threads),
        limits=setup.limits,
        work_folder=setup.work_folder,
    )
    most = _address_space_bytes() + setup.limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def algorithm() -> str:
    """What fingerprints made here are made by."""
    return _Process.bench.algorithm


def preview(media_id: str, sha256: str) -> Found:
    """Look at an item's key frames."""
    return _Process.bench.preview(media_id, sha256)


def fingerprint(media_id: str, sha256: str, folder: Path) -> Made:
    """Fingerprint an item in a folder of its own, in which the parent reads how far it is."""
    bench = replace(_Process.bench, work_folder=folder)
    return bench.fingerprint(media_id, sha256, _teller(folder / PROGRESS))


def read_provenance(media_id: str, sha256: str, lists: tuple[TrustList, ...]) -> Provenance:
    """Read an item's provenance."""
    return _Process.bench.read_provenance(media_id, sha256, lists)


def match(media_id: str) -> Found:
    """Match an item."""
    return _Process.bench.match(media_id)


def recheck(media_id: str, span: LogSpan) -> Found:
    """Match an item with what became known within a span."""
    return _Process.bench.recheck(media_id, span)


def look_up(name: str, folder: Path) -> Looked:
    """Search for what a passing file shares, in a folder of its own."""
    return replace(_Process.bench, work_folder=folder).look_up(name)


def _teller(shown: Path) -> Callable[[float], None]:
    told_at = 0.0

    def tell(share: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            with contextlib.suppress(OSError):
                shown.write_text(f"{share:.3f}")

    return tell


def _address_space_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
