"""A zip file that is sent while it is written: nothing of it is kept but a piece at a time."""

import hashlib
import io
import zipfile
from collections.abc import Buffer, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

PIECE_BYTES = 256 * 1024
_MODE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the zip; media are stored as they are, which compression would not shrink."""

    name: str
    data: Iterable[bytes]
    compressed: bool = True


def zipped(
    members: Iterable[Member], at: datetime, closing: Callable[[str], Iterable[Member]]
) -> Iterator[bytes]:
    """The bytes of a zip; `closing` gives the last files from the SHA-256 lines of the others."""
    buffer = _Buffer()
    sums: list[str] = []
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            yield from _written(archive, buffer, member, at, sums)
        for member in closing("".join(sorted(sums, key=lambda line: line[66:]))):
            yield from _written(archive, buffer, member, at, [])
    yield buffer.take()


def _written(
    archive: zipfile.ZipFile, buffer: "_Buffer", member: Member, at: datetime, sums: list[str]
) -> Iterator[bytes]:
    info = zipfile.ZipInfo(member.name, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED if member.compressed else zipfile.ZIP_STORED
    info.external_attr = _MODE
    digest = hashlib.sha256()
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in member.data:
            file.write(piece)
            digest.update(piece)
            if buffer.size_bytes >= PIECE_BYTES:
                yield buffer.take()
    sums.append(f"{digest.hexdigest()}  {member.name}\n")


class _Buffer(io.RawIOBase):
    """What `zipfile` writes to; it cannot be gone back in, so sizes stand behind each file."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self.size_bytes = 0

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: Buffer, /) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self.size_bytes += len(piece)
        return len(piece)

    def take(self) -> bytes:
        """Everything written since it was last taken."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.size_bytes = 0
        return taken
