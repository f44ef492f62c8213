"""What was purged and erased, as lines of JSON outside the database: to do it again after a restore."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.blobs.disk import sync_folder

_OWN = 0o600


class PurgeList:
    """One append-only file; a line is on the disk before anything is removed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: dict[str, Any]) -> None:
        """Add a line; after a crash the same one may stand there twice."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(entry, separators=(",", ":"), sort_keys=True) + "\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWN)
        try:
            # A line that a crash cut off must not swallow this one.
            rest = (line if self._ends_well() else f"\n{line}").encode()
            # Of a disk that is about to be full, the part that fits is taken without an error.
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        sync_folder(self.path.parent)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every whole line, oldest first."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except json.JSONDecodeError:
                    continue  # cut off by a crash, then written again
                if isinstance(entry, dict) and "kind" in entry:
                    yield entry

    def _ends_well(self) -> bool:
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
