"""Walks the boxes of an ISO base media file (ISO 14496-12), and writes their tree as a string.

The string says how the file was built, not what it shows: files of one program and version have
the same one. Boxes that repeat with the length of the content are written once, with a `+`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

MOST_BOXES = 20_000
DEEPEST = 12
_MOST_REPEATED = 3
_PARENTS = frozenset(
    b"moov trak mdia minf dinf stbl edts mvex moof traf mfra udta ilst iprp ipco meta dref stsd "
    b"tref gmhd tapt clip matt rmra rmda sinf schi skip strk strd".split()
)
# How many bytes of a parent come before its first child.
_AHEAD = {b"meta": 4, b"dref": 8, b"stsd": 8}


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where its content begins and ends, and the boxes in it."""

    kind: bytes
    start: int
    end: int
    children: tuple["Box", ...] = ()

    def content(self, file: BinaryIO, most_bytes: int = 65_536) -> bytes:
        """Its content, or the beginning of it."""
        file.seek(self.start)
        return file.read(min(self.end - self.start, most_bytes))

    def all(self, *path: bytes) -> Iterator["Box"]:
        """The boxes at a path of types below this one."""
        for child in self.children:
            if child.kind == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from child.all(*path[1:])


class _Walk:
    """One walk over a file, which ends early on one that has no end of boxes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, MOST_BOXES

    def inside(self, start: int, end: int, depth: int) -> tuple[Box, ...]:
        """The boxes between two places."""
        found = []
        while start + 8 <= end and self._left > 0:
            self._left -= 1
            self._file.seek(start)
            head = self._file.read(16)
            size, kind, ahead = int.from_bytes(head[:4]), head[4:8], 8
            if size == 1:
                size, ahead = int.from_bytes(head[8:16]), 16
            elif size == 0:
                size = end - start
            if size < ahead or start + size > end:
                break
            inner = (start + ahead, start + size)
            children = self._children(kind, inner, depth) if kind in _PARENTS else ()
            found.append(Box(kind, *inner, children))
            start += size
        return tuple(found)

    def _children(self, kind: bytes, inner: tuple[int, int], depth: int) -> tuple[Box, ...]:
        if depth >= DEEPEST:
            return ()
        start, end = inner
        if kind == b"meta" and self._has_no_version(start):
            return self.inside(start, end, depth + 1)
        return self.inside(start + _AHEAD.get(kind, 0), end, depth + 1)

    def _has_no_version(self, start: int) -> bool:
        """QuickTime's `meta` begins with its first child at once."""
        self._file.seek(start + 4)
        return self._file.read(4) == b"hdlr"


def boxes(file: BinaryIO) -> Box:
    """A box of no type that holds all boxes of the file."""
    end = file.seek(0, 2)
    return Box(b"", 0, end, _Walk(file).inside(0, end, 0))


def tree(file: BinaryIO, root: Box) -> str:
    """The types in order, children in brackets; with the brands, and what kind of track each is."""
    return " ".join(_repeated([_written(file, each) for each in root.children]))


def _written(file: BinaryIO, box: Box) -> str:
    name = _name(box.kind)
    if box.kind in {b"ftyp", b"styp"}:
        data = box.content(file, 256)
        brands = [_name(data[at : at + 4]) for at in (0, *range(8, len(data) - 3, 4))]
        return f"{name}[{' '.join(brands)}]"
    if box.kind == b"hdlr":
        return f"{name}[{_name(box.content(file, 12)[8:12])}]"
    if box.kind == b"uuid":
        return f"{name}[{box.content(file, 16).hex()}]"
    if not box.children:
        return name
    inside = _repeated([_written(file, each) for each in box.children])
    return f"{name}({' '.join(inside)})"


def _name(kind: bytes) -> str:
    if kind[:2] == b"\0\0":
        return "#"  # an entry that is known by its number
    return "".join(chr(c) if 33 <= c < 127 and c not in b"()[]+" else f"%{c:02x}" for c in kind)


def _repeated(names: Sequence[str]) -> list[str]:
    """Groups of up to three names that come again and again, written once."""
    short: list[str] = []
    at = 0
    while at < len(names):
        for size in range(1, _MOST_REPEATED + 1):
            group = names[at : at + size]
            times = 1
            while names[at + times * size : at + (times + 1) * size] == group:
                times += 1
            if times > 1:
                short.append(f"{group[0]}+" if size == 1 else f"({' '.join(group)})+")
                at += times * size
                break
        else:
            short.append(names[at])
            at += 1
    return short
