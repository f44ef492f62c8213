"""Files of uploads that come in pieces: each is open for one request at a time, in any process.

What is written counts once `sync` has returned. A lock is the file's own, so that it ends with the
process that holds it.
"""

import fcntl
import hashlib
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from app.blobs.disk import sync_folder, unwritable_disk_named

BLOCK_BYTES = 1024 * 1024
HASHES_KEPT = 256
_WRITABLE, _READ_ONLY = 0o640, 0o440


class _Hash:
    """The hash of a file's first bytes."""

    def __init__(self) -> None:
        self.state = hashlib.sha256()
        self.size_bytes = 0

    def update(self, data: bytes) -> None:
        self.state.update(data)
        self.size_bytes += len(data)

    def copy(self) -> "_Hash":
        made = _Hash()
        made.state, made.size_bytes = self.state.copy(), self.size_bytes
        return made


class PartFiles:
    """The folder of files of uploads in pieces, each named by its upload's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Of what this process wrote and synced: the rest is read once all is there.
        self._hashes: OrderedDict[str, _Hash] = OrderedDict()
        folder.mkdir(parents=True, exist_ok=True)

    def lock(self, upload_id: str) -> "Part | None":
        """An upload's file, made if there is none; None while another request has it."""
        path = self._folder / upload_id
        with unwritable_disk_named():
            handle = os.open(path, os.O_RDWR | os.O_CREAT, _WRITABLE)
        if not _locked(handle, path):
            os.close(handle)
            return None
        return Part(self, path, handle, self._hashes.get(upload_id) or _Hash())

    def remove(self, upload_id: str) -> None:
        """Remove an upload's file; it is no error if it is not here."""
        self._hashes.pop(upload_id, None)
        (self._folder / upload_id).unlink(missing_ok=True)

    def untouched(self, for_s: float) -> Iterator[str]:
        """The name of every file that nobody has written to for so long."""
        oldest = time.time() - for_s
        for entry in os.scandir(self._folder):
            # One may be at its end at this moment.
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < oldest:
                    yield entry.name

    def remember(self, upload_id: str, hashed: _Hash) -> None:
        """Keep the hash of an upload's first bytes, so that they need not be read again."""
        self._hashes[upload_id] = hashed
        while len(self._hashes) > HASHES_KEPT:
            self._hashes.popitem(last=False)


class Part:
    """One upload's file while a request has it locked; once whole, `LocalBlobs.adopt` takes it."""

    def __init__(self, files: PartFiles, path: Path, handle: int, hashed: _Hash) -> None:
        self._files = files
        self._handle = handle
        self._synced = hashed
        self._hash = hashed.copy()
        self._named = False
        self.path = path
        self.size_bytes = os.fstat(handle).st_size

    @property
    def sha256(self) -> str:
        """The hash of all that is there; what was not hashed when it was written is read."""
        while block := os.pread(self._handle, BLOCK_BYTES, self._hash.size_bytes):
            self._hash.update(block)
        return self._hash.state.hexdigest()

    def start_at(self, offset_bytes: int) -> int:
        """Cut off all bytes after the offset; gives where to go on, which is earlier if bytes are missing."""
        self.size_bytes = min(offset_bytes, self.size_bytes)
        with unwritable_disk_named():
            if os.fstat(self._handle).st_nlink > 1:
                self._leave()
            os.ftruncate(self._handle, self.size_bytes)
        if self._hash.size_bytes > self.size_bytes:
            self._synced, self._hash = _Hash(), _Hash()
        return self.size_bytes

    def write(self, data: bytes) -> None:
        """Append `data`."""
        rest = memoryview(data)
        with unwritable_disk_named():
            while rest:
                written = os.pwrite(self._handle, rest, self.size_bytes + len(data) - len(rest))
                rest = rest[written:]
        if self._hash.size_bytes == self.size_bytes:
            self._hash.update(data)
        self.size_bytes += len(data)

    def head(self, size_bytes: int) -> bytes:
        """The first bytes."""
        return os.pread(self._handle, size_bytes, 0)

    def sync(self) -> None:
        """Put everything on the disk itself, so that it survives a loss of power."""
        with unwritable_disk_named():
            os.fsync(self._handle)
            if not self._named:
                sync_folder(self.path.parent)
        self._named = True
        self._synced = self._hash.copy()

    def seal(self) -> None:
        """Make the file read-only: it is an item's now."""
        os.fchmod(self._handle, _READ_ONLY)

    def close(self) -> None:
        """Give up the lock, so that another request can have the file."""
        if self.path.exists():
            self._files.remember(self.path.name, self._synced)
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _leave(self) -> None:
        """Go on in a copy: a file that was adopted, by an end that failed, may be an item's by now."""
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix="copy-")
        os.fchmod(handle, _WRITABLE)
        fcntl.flock(handle, fcntl.LOCK_EX)
        at = 0
        while at < self.size_bytes:
            block = os.pread(self._handle, min(BLOCK_BYTES, self.size_bytes - at), at)
            at += os.pwrite(handle, block, at)
        os.fsync(handle)
        Path(name).replace(self.path)
        os.close(self._handle)
        self._handle, self._named = handle, False


def _locked(handle: int, path: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Replaced or removed while it was opened: then this lock is on nothing.
        return path.stat().st_ino == os.fstat(handle).st_ino
    except (BlockingIOError, FileNotFoundError):
        return False
