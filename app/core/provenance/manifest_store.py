"""Takes a file's C2PA manifest store out of it, byte for byte.

A store is one JUMBF superbox (ISO 19566-5). ISO files, PNG, RIFF, TIFF and ID3 hold it in one
piece; JPEG spreads it over APP11 segments and GIF over sub-blocks (C2PA 2.2, appendix A).
"""

from typing import BinaryIO

MOST_BYTES = 32 * 1024**2
"""The SDK reads no larger store either."""
_PIECE = 4 * 1024**2
_C2PA = bytes.fromhex("6332706100110010800000aa00389b71")
# Length, "jumb", then the description box, whose first field is the content's type.
_BEFORE_TYPE = 16


def extract(file: BinaryIO) -> bytes | None:
    """The manifest store in a file; None where there is none in a place that is looked at."""
    file.seek(0)
    head = file.read(6)
    file.seek(0)
    if head[:2] == b"\xff\xd8":
        return _from_jpeg(file)
    if head in {b"GIF87a", b"GIF89a"}:
        return _from_gif(file)
    return _in_one_piece(file)


def active_manifest(store: bytes) -> bytes | None:
    """The active manifest's own box: the last one in the store."""
    at, last = 8, None
    while at + 8 <= len(store):
        size, head = int.from_bytes(store[at : at + 4]), 8
        if size == 1:
            size, head = int.from_bytes(store[at + 8 : at + 16]), 16
        if size < head or at + size > len(store):
            return None
        if store[at + 4 : at + 8] == b"jumb":
            last = store[at : at + size]
        at += size
    return last


def _in_one_piece(file: BinaryIO) -> bytes | None:
    at, kept = 0, b""
    while piece := file.read(_PIECE):
        window = kept + piece
        found = window.find(_C2PA)
        while found >= 0:
            store = _box_at(file, at - len(kept) + found - _BEFORE_TYPE)
            if store is not None:
                return store
            found = window.find(_C2PA, found + 1)
        at += len(piece)
        kept = window[-(len(_C2PA) - 1) :]
        file.seek(at)
    return None


def _box_at(file: BinaryIO, place: int) -> bytes | None:
    if place < 0:
        return None
    file.seek(place)
    head = file.read(8)
    size = int.from_bytes(head[:4])
    if head[4:] != b"jumb" or not 8 < size <= MOST_BYTES:
        return None
    rest = file.read(size - 8)
    return head + rest if len(rest) == size - 8 else None


def _from_jpeg(file: BinaryIO) -> bytes | None:
    """APP11 segments: JP, box instance, packet number, then box header and payload, in packets."""
    boxes: dict[bytes, bytearray] = {}
    file.seek(2)
    while (marker := file.read(2))[:1] == b"\xff" and marker != b"\xff\xda":
        size = int.from_bytes(file.read(2))
        segment = file.read(size - 2) if size > 2 else b""
        if marker != b"\xff\xeb" or segment[:2] != b"JP":
            continue
        # Each packet repeats the box's header; the first one's is part of the box.
        header = 16 if segment[8:12] == b"\x00\x00\x00\x01" else 8
        box = boxes.setdefault(segment[2:4], bytearray())
        box += segment[8 + header if box else 8 :]
        if sum(map(len, boxes.values())) > MOST_BYTES:
            return None
    return next((bytes(box) for box in boxes.values() if box[16:32] == _C2PA), None)


def _from_gif(file: BinaryIO) -> bytes | None:
    data = file.read(2 * MOST_BYTES)
    at = data.find(b"\x21\xff\x0bC2PA_GIF")
    if at < 0:
        return None
    at, store = at + 14, bytearray()
    while at < len(data) and data[at]:
        store += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return bytes(store) or None
