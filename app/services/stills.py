"""An item's pictures as they are kept: those sampled, and the moments that a match was proven at."""

import re
import zipfile
from collections.abc import Iterable

from app.blobs.local import PICTURES, LocalBlobs

_ENTRY = re.compile(r"^\d+-(\d+)\.jpg$")


def times_ms(blobs: LocalBlobs, media_id: str) -> list[int]:
    """Give when the sampled pictures are shown, in order; none until the item is fingerprinted."""
    return [_time_ms(name) for name in _names(blobs, media_id)]


def numbered(blobs: LocalBlobs, media_id: str, number: int) -> bytes:
    """Give one sampled picture as a JPEG file; IndexError if there are not so many."""
    return _read(blobs, media_id, _names(blobs, media_id)[number])


def at(blobs: LocalBlobs, media_id: str, at_ms: int) -> bytes | None:
    """Give the picture of a moment as a JPEG file, else the sampled one nearest to it, if any."""
    moment = blobs.derived_path(media_id, _moment(at_ms))
    if moment.exists():
        return moment.read_bytes()
    names = _names(blobs, media_id)
    if not names:
        return None
    return _read(blobs, media_id, min(names, key=lambda name: abs(_time_ms(name) - at_ms)))


def not_kept(blobs: LocalBlobs, media_id: str, moments_ms: Iterable[int]) -> set[int]:
    """Give the moments of which there is no picture."""
    sampled = set(times_ms(blobs, media_id))
    return {
        each
        for each in set(moments_ms) - sampled
        if not blobs.derived_path(media_id, _moment(each)).exists()
    }


def keep(blobs: LocalBlobs, media_id: str, at_ms: int, jpeg: bytes) -> None:
    """Keep the picture of a moment between those sampled."""
    blobs.put_derived(media_id, _moment(at_ms), jpeg)


def _moment(at_ms: int) -> str:
    return f"moment-{at_ms}.jpg"


def _names(blobs: LocalBlobs, media_id: str) -> list[str]:
    pack_path = blobs.derived_path(media_id, PICTURES)
    if not pack_path.exists():
        return []
    with zipfile.ZipFile(pack_path) as pack:
        return [name for name in pack.namelist() if _ENTRY.match(name)]


def _read(blobs: LocalBlobs, media_id: str, name: str) -> bytes:
    with zipfile.ZipFile(blobs.derived_path(media_id, PICTURES)) as pack:
        return pack.read(name)


def _time_ms(name: str) -> int:
    return int(name.removesuffix(".jpg").split("-")[1])
