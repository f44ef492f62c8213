"""In the child: what the boxes of an MP4, MOV or HEIF say: times, keys, XMP, and the file's shape."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from app.core.provenance import naming, xmp
from app.core.provenance.boxes import Box, boxes, tree

READER = "boxes"
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MOST_XMP = 4 * 1024**2
_TEXT_TYPES = {0, 1, 2}


def read(file: BinaryIO, options: Mapping[str, Any]) -> dict[str, Any]:
    """`shape` and `values`; a creation time of 0 is a value, because somebody wrote it there."""
    root = boxes(file)
    shape = tree(file, root)
    return {
        "shape": {"tree": shape, "sha256": hashlib.sha256(shape.encode()).hexdigest()},
        "values": [*_times(file, root), *_keys(file, root), *_texts(file, root), *_xmp(file, root)],
    }


def _times(file: BinaryIO, root: Box) -> Iterator[dict[str, Any]]:
    for box in root.all(b"moov", b"mvhd"):
        yield from _two_times(file, box, "moov/mvhd")
    for number, track in enumerate(root.all(b"moov", b"trak")):
        origin = f"moov/trak[{number}]"
        for box in track.all(b"tkhd"):
            yield from _two_times(file, box, f"{origin}/tkhd")
        for box in track.all(b"mdia", b"mdhd"):
            yield from _two_times(file, box, f"{origin}/mdhd")


def _two_times(file: BinaryIO, box: Box, origin: str) -> Iterator[dict[str, Any]]:
    """Seconds since 1904, in UTC by the book; many cameras write their local time."""
    data = box.content(file, 20)
    width = 8 if data[:1] == b"\x01" else 4
    for place, name in enumerate(("creation_time", "modification_time")):
        seconds = int.from_bytes(data[4 + place * width : 4 + (place + 1) * width])
        at = None
        if 0 < seconds < 2**36:
            at = (_EPOCH + timedelta(seconds=seconds)).isoformat()
        yield naming.value("time", name, at or str(seconds), origin, READER, at=at)


def _keys(file: BinaryIO, root: Box) -> Iterator[dict[str, Any]]:
    """QuickTime's key-value pairs: names in `keys`, values in `ilst` by their number from 1."""
    for path in ((b"moov", b"meta"), (b"moov", b"udta", b"meta"), (b"meta",)):
        for meta in root.all(*path):
            names = [name for box in meta.all(b"keys") for name in _key_names(box.content(file))]
            origin = b"/".join(path).decode() + "/keys"
            for entry in (entry for item in meta.all(b"ilst") for entry in item.children):
                number, text = int.from_bytes(entry.kind), _data(entry.content(file))
                if text is not None and 0 < number <= len(names):
                    yield from naming.named(names[number - 1], text, origin, READER)


def _key_names(data: bytes) -> Iterator[str]:
    at = 8
    while at + 8 <= len(data) and (size := int.from_bytes(data[at : at + 4])) >= 8:
        yield data[at + 8 : at + size].decode("utf-8", "replace")
        at += size


def _texts(file: BinaryIO, root: Box) -> Iterator[dict[str, Any]]:
    """What stands in `udta`: QuickTime's international texts, and iTunes' list."""
    for box in root.all(b"moov", b"udta"):
        for entry in box.children:
            if entry.kind[:1] == b"\xa9":
                data = entry.content(file)
                text = data[4 : 4 + int.from_bytes(data[:2])].decode("utf-8", "replace")
                yield from naming.named(_fourcc(entry), text, "moov/udta", READER)
    for entry in root.all(b"moov", b"udta", b"meta", b"ilst"):
        for each in entry.children:
            text_of = _data(each.content(file))
            if text_of is not None:
                yield from naming.named(_fourcc(each), text_of, "moov/udta/meta/ilst", READER)


def _data(content: bytes) -> str | None:
    """The text in a `data` box: length, name, type, locale, then the value."""
    size = int.from_bytes(content[:4])
    if content[4:8] != b"data" or int.from_bytes(content[9:12]) not in _TEXT_TYPES:
        return None
    return content[16:size].decode("utf-8", "replace")


def _fourcc(box: Box) -> str:
    return box.kind.decode("latin-1")


def _xmp(file: BinaryIO, root: Box) -> Iterator[dict[str, Any]]:
    for box in root.all(b"uuid"):
        if box.content(file, 16) == _XMP:
            yield from xmp.values(box.content(file, _MOST_XMP)[16:], "uuid", READER)
    for box in root.all(b"moov", b"udta", b"XMP_"):
        yield from xmp.values(box.content(file, _MOST_XMP), "moov/udta/XMP_", READER)
