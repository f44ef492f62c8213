"""When the frames of a video are shown: read once from its file, then kept beside its pictures.

One file is read at a time, so that many who compare at once take neither all processors nor the disk.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

from app.blobs.local import LocalBlobs
from app.core.decoding import frame_times
from app.core.errors import Unreadable
from app.core.media import DecodeLimits
from app.errors import NotFound
from app.schemas.frame_times import FrameTable

LIMITS = DecodeLimits(cpu_s=60, wall_s=120)
_KEPT = "frame-table.json"
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="frames")


def of_item(blobs: LocalBlobs, media_id: str, sha256: str) -> bytes:
    """An item's `FrameTable` as JSON; NotFound if its file says nothing of frames."""
    kept = blobs.derived_path(media_id, _KEPT)
    if kept.exists():
        return kept.read_bytes()
    path = blobs.path(sha256)
    if not path.exists():
        raise NotFound("The file of this item is not in the store.")
    try:
        made = _thread.submit(_read, path).result().model_dump_json().encode()
    except Unreadable as error:
        raise NotFound(f"When its frames are shown is not known: {error}") from error
    blobs.put_derived(media_id, _KEPT, made)
    return made


def _read(path: Path) -> FrameTable:
    found = frame_times.read(path, LIMITS)
    step = found.step
    return FrameTable(
        time_base=found.time_base,
        origin=found.origin,
        first=found.ticks[0],
        count=len(found.ticks),
        step=step,
        steps=None if step else [later - sooner for sooner, later in pairwise(found.ticks)],
        end=found.end,
    )
