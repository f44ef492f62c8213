"""A folder for one process's passing files, removed by others once that process has ended."""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def temporary_files_in(run_folder: Path) -> Iterator[None]:
    """Let this process's temporary files lie in a folder of its own, for as long as the block.

    Where none can be made, as on a full disk, they lie where this machine has them otherwise.
    """
    before = tempfile.tempdir
    try:
        own = own_folder(run_folder)
    except OSError as error:
        log.warning("own_folder.not_made", error=error.strerror)
        yield
        return
    tempfile.tempdir = str(own)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(own, ignore_errors=True)


def own_folder(run_folder: Path) -> Path:
    """Make a private folder in `work` there, in place of those that ended processes left.

    Whoever lives holds a lock on its folder; a process id would say nothing, because containers
    that share a disk number their processes alike.
    """
    works = run_folder / "work"
    works.mkdir(mode=0o700, parents=True, exist_ok=True)
    turn = os.open(works, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for left in works.iterdir():
            _remove_if_left(left)
        own = works / uuid.uuid4().hex
        own.mkdir(mode=0o700)
        # Held until this process ends, and not given to its children.
        fcntl.flock(os.open(own, os.O_RDONLY), fcntl.LOCK_EX)
    finally:
        os.close(turn)
    return own


def _remove_if_left(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)
