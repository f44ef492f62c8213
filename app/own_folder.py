"""A folder for one process's passing files, removed by others once that process has ended."""

import errno
import fcntl
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def own_temporary_files() -> Iterator[None]:
    """Let this process's temporary files lie in a folder of its own, for as long as the block.

    It is on the disk for temporary files: pictures and reports are made when the data folder is full,
    too. Where none can be made they lie where they would otherwise.
    """
    before = tempfile.tempdir
    try:
        own = own_folder(_of_this_user())
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


def _of_this_user() -> Path:
    """A folder among everybody's temporary files; PermissionError if somebody else took its name."""
    works = Path(tempfile.gettempdir(), f"provenance-desk-{os.geteuid()}")
    works.mkdir(mode=0o700, exist_ok=True)
    found = works.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "The folder is somebody else's", str(works))
    return works


def own_folder(works: Path) -> Path:
    """Make a private folder in `works`, in place of those that ended processes left.

    Whoever lives holds a lock on its folder; a process id would say nothing, because containers
    that share a disk number their processes alike.
    """
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
