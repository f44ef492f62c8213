"""What the folders of files share: entries that survive a loss of power or go whole, full disks."""

import contextlib
import errno
import mmap
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.errors import StorageFull, StorageReadOnly

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextlib.contextmanager
def unwritable_disk_named() -> Iterator[None]:
    """Turn the system's words for a disk that is full, or can only be read, into errors of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            detail = "The disk is full: free disk space and send the upload again."
            raise StorageFull(detail) from error
        if error.errno in _READ_ONLY:
            detail = (
                "The folder of files can only be read: let the desk write to it and send again."
            )
            raise StorageReadOnly(detail) from error
        raise


def sync_folder(folder: Path) -> None:
    """Put a folder's own entries on the disk itself."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_folder(folder: Path) -> None:
    """Remove a folder and all in it; it is no error if it is not here, or others remove it, too."""
    shutil.rmtree(folder, onexc=_unless_gone)


def _unless_gone(_remove: object, _path: str, error: BaseException) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def old_names(paths: Iterable[Path], older_than_s: float) -> Iterator[str]:
    """The names of those of some files and folders that were written longer ago."""
    oldest = time.time() - older_than_s
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                yield path.name


def mapped(path: Path) -> bytes | mmap.mmap:
    """A file's bytes, read from the disk where they are looked at; the file may be removed meanwhile."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return b""  # an empty file cannot be mapped
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
