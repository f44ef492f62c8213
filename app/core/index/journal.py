"""A file of changes of an index, each checked by its length and checksum.

Whatever a crash left at the end of the file fails the check and is cut off; every change before
it counts. So nothing has to be forced onto the disk while searches wait.

    magic 4 B | length u64 | CRC-32 u32 | the change, as arrays
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding
from app.core.fingerprints.arrays import checked, pack_arrays, unpack_arrays
from app.core.index.items import KnownItems

PREFIX = struct.Struct("<4sQI")
PREFIX_MAGIC = b"PDjr"
MAGIC = b"PDjc"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """An entry of a database's log: what holds it is of that database, and not older than it."""

    seq: int
    at: str


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What left the index, then what came into it, by the database as of the stamp."""

    stamp: Stamp
    removed: NDArray[np.int64]
    items: KnownItems

    def to_bytes(self) -> bytes:
        """Encode for a journal."""
        arrays = {"removed": self.removed, **self.items.arrays()}
        return pack_arrays(MAGIC, VERSION, {"seq": self.stamp.seq, "at": self.stamp.at}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` gave; BadEncoding on anything else."""
        plain, arrays = unpack_arrays(MAGIC, VERSION, data)
        seq, at = plain.get("seq"), plain.get("at")
        if not isinstance(seq, int) or not isinstance(at, str):
            raise BadEncoding("the change has no stamp")
        removed = checked(arrays.get("removed"), "<i8", (None,))
        return cls(Stamp(seq, at), removed, KnownItems.of_arrays(arrays))


def append(path: Path, change: Change) -> None:
    """Write a change behind the others; OSError when the disk does not take it."""
    data = change.to_bytes()
    with path.open("ab") as journal:
        journal.write(PREFIX.pack(PREFIX_MAGIC, len(data), zlib.crc32(data)))
        journal.write(data)


def read(path: Path) -> Iterator[Change]:
    """Give the changes up to the first that is incomplete or damaged."""
    for change, _ in _read(path):
        yield change


def read_and_mend(path: Path) -> Iterator[Change]:
    """Give the changes that are whole, as `read` does, then cut off the rest: the journal can go on."""
    whole = 0
    for change, end in _read(path):
        yield change
        whole = end
    os.truncate(path, whole)


def _read(path: Path) -> Iterator[tuple[Change, int]]:
    """Give each change and where it ends."""
    size = path.stat().st_size
    with path.open("rb") as journal:
        while True:
            prefix = journal.read(PREFIX.size)
            if len(prefix) < PREFIX.size:
                return
            magic, length, digest = PREFIX.unpack(prefix)
            if magic != PREFIX_MAGIC or length > size - journal.tell():
                return
            data = journal.read(length)
            if zlib.crc32(data) != digest:
                return
            try:
                change = Change.from_bytes(data)
            except BadEncoding:
                return
            yield change, journal.tell()
