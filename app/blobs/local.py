"""Files in a local directory, named by their SHA-256: whole or not at all, once, fsynced."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, Self

from app.blobs.disk import old_names, remove_folder, sync_folder, unwritable_disk_named
from app.blobs.parts import PartFiles
from app.errors import StorageFull

PICTURES = "pictures.zip"
"""The derived file that holds an item's sampled pictures."""
MANIFEST_STORE = "manifest.c2pa"
"""The derived file that holds the bytes of an item's manifest store."""
MANIFEST_JSON = "manifest.json"
"""The derived file that holds what the C2PA SDK read of that store, as JSON."""
STALE_AFTER_S = 24 * 3600
ROOM_CHECKED_EVERY_BYTES = 32 * 1024 * 1024
_READ_ONLY = 0o440


class WholeFile(Protocol):
    """A file that has all its bytes, on the disk that the store is on."""

    @property
    def path(self) -> Path:
        """Where it is until it has its place."""

    @property
    def sha256(self) -> str:
        """Its hash, in hex."""

    @property
    def size_bytes(self) -> int:
        """Its size."""

    def sync(self) -> None:
        """Put it on the disk itself."""


class Incoming:
    """A file on its way into the store, hashed as it is written; gone unless it is adopted."""

    def __init__(self, folder: Path, check_room: Callable[[int], None]) -> None:
        self._hasher = hashlib.sha256()
        self._check_room, self._room_checked_at = check_room, 0
        handle, name = tempfile.mkstemp(dir=folder, prefix="incoming-")
        self._file = os.fdopen(handle, "wb", buffering=0)
        self.path = Path(name)
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        """The hash of what was written so far, in hex."""
        return self._hasher.hexdigest()

    def write(self, data: bytes | memoryview) -> None:
        """Append `data`."""
        # Not every sender says how much will come, and others fill the disk at the same time.
        if self.size_bytes - self._room_checked_at >= ROOM_CHECKED_EVERY_BYTES:
            self._check_room(0)
            self._room_checked_at = self.size_bytes
        with unwritable_disk_named():
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        self._hasher.update(data)
        self.size_bytes += len(data)

    def sync(self) -> None:
        """Put everything on the disk itself, so that it survives a loss of power."""
        with unwritable_disk_named():
            os.fchmod(self._file.fileno(), _READ_ONLY)
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Remove the file under its temporary name; under its adopted one it stays."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class LocalBlobs:
    """A content-addressed store in one folder, with files derived from an item beside it."""

    def __init__(self, folder: Path, reserve_bytes: int) -> None:
        self._folder = folder
        self._incoming, self._derived = folder / "incoming", folder / "derived"
        self.passing = folder / "passing"
        """Files that are looked at once and not kept."""
        self.parts = PartFiles(folder / "parts")
        """Files of uploads that come in pieces."""
        self._reserve_bytes = reserve_bytes
        for each in (folder, self._incoming, self._derived, self.passing):
            each.mkdir(parents=True, exist_ok=True)

    def receive(self) -> Incoming:
        """A new file to write to, on the disk that it will stay on."""
        self.check_room(0)
        with unwritable_disk_named():
            return Incoming(self._incoming, self.check_room)

    def receive_passing(self) -> Incoming:
        """A new file that is looked at once; `keep_passing` lets it stay until then."""
        self.check_room(0)
        with unwritable_disk_named():
            return Incoming(self.passing, self.check_room)

    def keep_passing(self, incoming: Incoming, name: str) -> None:
        """Let a file stay under this name when its temporary one goes."""
        os.link(incoming.path, self.passing / name)

    def drop_passing(self, name: str) -> None:
        """Remove a file that was looked at; it is no error if it is not here."""
        (self.passing / name).unlink(missing_ok=True)

    def check_room(self, size_bytes: int) -> None:
        """Refuse if `size_bytes` more would leave less than the reserve."""
        if shutil.disk_usage(self._folder).free < size_bytes + self._reserve_bytes:
            detail = "There is no room for this upload: free disk space and send it again."
            raise StorageFull(detail)

    def adopt(self, incoming: WholeFile) -> None:
        """Give a synced file its place; if the same content has one already, that one stays."""
        target = self.path(incoming.sha256)
        with unwritable_disk_named():
            for folder in (target.parent.parent, target.parent):
                if not folder.exists():
                    folder.mkdir(exist_ok=True)
                    sync_folder(folder.parent)
            with contextlib.suppress(FileExistsError):
                os.link(incoming.path, target)
            sync_folder(target.parent)

    def is_empty(self) -> bool:
        """Whether nothing was ever stored here, as in a mount point without its disk."""
        return not any(self._folder.glob("[0-9a-f][0-9a-f]"))

    def path(self, sha256: str) -> Path:
        """Where the content with this hash is, if it is here."""
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def delete(self, sha256: str) -> None:
        """Remove a content; it is no error if it is not here."""
        self.path(sha256).unlink(missing_ok=True)

    def put_derived(self, media_id: str, name: str, data: bytes) -> None:
        """Keep a file that was made from an item, replacing an older one of that name."""
        with unwritable_disk_named(), self.receive() as incoming:
            incoming.write(data)
            incoming.sync()
            self.adopt_derived(media_id, name, incoming.path)

    def adopt_derived(self, media_id: str, name: str, path: Path) -> None:
        """Keep a file that was made from an item by moving it here; it must be on the store's disk."""
        target = self.derived_path(media_id, name)
        with unwritable_disk_named():
            if not target.parent.exists():
                target.parent.mkdir(exist_ok=True)
                sync_folder(target.parent.parent)
            with path.open("rb") as file:
                os.fsync(file.fileno())
            path.replace(target)
            sync_folder(target.parent)

    def derived_path(self, media_id: str, name: str) -> Path:
        """Where an item's derived file is, if it is here."""
        return self._derived / media_id / name

    def delete_derived(self, media_id: str) -> None:
        """Remove every file that was made from an item; it is no error if there is none."""
        remove_folder(self._derived / media_id)

    def contents(self, older_than_s: float) -> Iterator[str]:
        """The hash of every content that was written longer ago."""
        return old_names(self._folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"), older_than_s)

    def derived(self, older_than_s: float) -> Iterator[str]:
        """Every item that has derived files, none of them newer."""
        return old_names(self._derived.iterdir(), older_than_s)

    def sweep(self, older_than_s: float = STALE_AFTER_S) -> int:
        """Remove what uploads left that ended with the process; the number of files removed."""
        left = list(old_names(self._incoming.iterdir(), older_than_s))
        for name in left:
            (self._incoming / name).unlink(missing_ok=True)
        return len(left)
