"""Files of an uncompressed zip, read one by one where they lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self, overload

from app.core.errors import BadEncoding

DAMAGED = (zipfile.BadZipFile, ValueError, IndexError, EOFError, RuntimeError)
"""What reading a damaged zip raises; what a zip of another version does is a RuntimeError."""
_LOCAL = struct.Struct("<4s22xHH")
"""The fixed part of a zip's local header: magic, then the lengths of the name and of the extra."""
_ENCRYPTED = 0x1


def entries_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Give the files of a zip in order; BadEncoding where one is compressed or encrypted."""
    entries = archive.infolist()
    for each in entries:
        if each.compress_type != zipfile.ZIP_STORED or each.flag_bits & _ENCRYPTED:
            raise BadEncoding("a kept picture is not stored as it is")
    return entries


class StoredJpegs(Sequence[bytes]):
    """The files of an uncompressed zip, each read when asked for, at its place.

    The zip's directory is read once: a long video's is too large to read for every picture.
    """

    def __init__(self, path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
        self._path = path
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Self: ...

    def __getitem__(self, place: int | slice) -> bytes | Self:
        if isinstance(place, slice):
            return type(self)(self._path, self._entries[place])
        entry = self._entries[place]
        with self._path.open("rb") as file:
            file.seek(max(0, entry.header_offset))
            header = file.read(_LOCAL.size)
            if len(header) < _LOCAL.size:
                raise BadEncoding("a kept picture is missing")
            magic, name_bytes, extra_bytes = _LOCAL.unpack(header)
            file.seek(name_bytes + extra_bytes, io.SEEK_CUR)
            data = file.read(entry.file_size)
        if magic != b"PK\3\4" or zlib.crc32(data) != entry.CRC:
            raise BadEncoding("a kept picture is damaged")
        return data
