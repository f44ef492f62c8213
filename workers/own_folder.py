"""A folder for one process's passing files, removed by others once that process has ended."""

import fcntl
import os
import shutil
import uuid
from pathlib import Path


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
