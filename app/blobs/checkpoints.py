"""The folder of signed checkpoints, outside the database: files that are written once and stay.

00000001.json   what was sealed       00000001.sig   its Ed25519 signature, 64 bytes
00000001.tsr    an RFC 3161 answer    key-ID.pem     the public key that signed
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.blobs.disk import sync_folder

_READ_ONLY = 0o440
_NUMBER = re.compile(r"(\d{8})\.json")
_KEY = re.compile(r"key-([0-9a-f]+)\.pem")


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The bytes of one checkpoint's files; None for a file that is not there."""

    number: int
    body: bytes
    signature: bytes | None
    token: bytes | None


class CheckpointFolder:
    """Reads and adds checkpoints; nothing is ever changed or removed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        folder.mkdir(parents=True, exist_ok=True)

    def numbers(self) -> list[int]:
        """The numbers of the checkpoints that are there, in order."""
        found = (_NUMBER.fullmatch(path.name) for path in self.path.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def read(self, number: int) -> StoredCheckpoint | None:
        """One checkpoint's files, if it is there."""
        body = _read(self.file(number, "json"))
        if body is None:
            return None
        signature, token = _read(self.file(number, "sig")), _read(self.file(number, "tsr"))
        return StoredCheckpoint(number, body, signature, token)

    def add(self, number: int, body: bytes, signature: bytes) -> None:
        """Keep a checkpoint; once its body is there, everything is."""
        self._write(self.file(number, "sig"), signature)
        self._write(self.file(number, "json"), body)

    def add_token(self, number: int, token: bytes) -> None:
        """Keep the answer of a time-stamping authority about a checkpoint."""
        self._write(self.file(number, "tsr"), token)

    def add_key(self, key_id: str, pem: bytes) -> None:
        """Keep a public key, unless it is there."""
        if self.key(key_id) is None:
            self._write(self.path / f"key-{key_id}.pem", pem)

    def key(self, key_id: str) -> bytes | None:
        """The public key of this id, if it is there."""
        name = f"key-{key_id}.pem"
        return _read(self.path / name) if _KEY.fullmatch(name) else None

    def file(self, number: int, suffix: str) -> Path:
        """Where one of a checkpoint's files is, if it is there."""
        return self.path / f"{number:08d}.{suffix}"

    def _write(self, target: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self.path, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                os.fchmod(file.fileno(), _READ_ONLY)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        finally:
            # Each try on a full disk would leave one, and they are many.
            Path(name).unlink(missing_ok=True)
        sync_folder(self.path)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
