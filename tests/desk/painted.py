"""Clips whose frames have their number painted into the pixels, so that what is shown can be read back.

A number is a row of black and white blocks, its highest bit at the left, across the whole picture.
"""

import hashlib
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from app import db
from app.bootstrap import Parts
from app.core.media import MediaKind
from app.schemas.enums import MediaState
from tests.filming import ffmpeg
from tests.records import add_item

BITS, BLOCK, HEIGHT = 10, 32, 96
WIDTH = BITS * BLOCK
RATE = "30000/1001"
FRAME_MS = 1001 / 30

READ = f"""
(source) => {{
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [{WIDTH}, {HEIGHT}];
  const context = canvas.getContext("2d", {{ willReadFrequently: true }});
  context.drawImage(document.querySelector(source), 0, 0, {WIDTH}, {HEIGHT});
  let number = 0;
  for (let bit = 0; bit < {BITS}; bit++) {{
    const [light] = context.getImageData({BLOCK} * bit + {BLOCK // 2}, {HEIGHT // 2}, 1, 1).data;
    number = 2 * number + (light > 127 ? 1 : 0);
  }}
  return number;
}}
"""
"""Reads the number that an element shows; of a mirrored one `turned` gives what it was."""

_CODING = ("-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
# Long groups with pictures that are stored out of order: what is hardest to seek.
_ORDER = ("-g", "250", "-bf", "3", "-fps_mode", "passthrough", "-enc_time_base", "demux")


def paint(path: Path, count: int) -> Path:
    """A clip of `count` frames, numbered from 0."""
    numbers = np.arange(count)[:, None] >> np.arange(BITS - 1, -1, -1) & 1
    rows = np.repeat(numbers * 255, BLOCK, axis=1).astype(np.uint8)
    raw = np.repeat(rows[:, None, :], HEIGHT, axis=1).tobytes()
    form = f"-f rawvideo -pix_fmt gray -s {WIDTH}x{HEIGHT} -r {RATE} -i -".split()
    ffmpeg(*form, *_CODING, *_ORDER, path, stdin=raw)
    return path


def cut(path: Path, source: Path, first: int, end: int, *edits: str) -> Path:
    """Frames of a clip as a clip of its own, after some of ffmpeg's filters."""
    chain = [f"trim=start_frame={first}:end_frame={end}", "setpts=PTS-STARTPTS", *edits]
    ffmpeg("-i", source, "-vf", ",".join(chain), *_CODING, *_ORDER, path)
    return path


def turned(number: int) -> int:
    """The number that was painted, where the mirrored picture reads as `number`."""
    return int(f"{number:0{BITS}b}"[::-1], 2)


def store(parts: Parts, session: Session, path: Path, frames: int, title: str) -> str:
    """An item that is ready, with this file, as an upload and its job leave it; gives its id.

    One of no frames is a still.
    """
    content = path.read_bytes()
    with parts.blobs.receive() as incoming:
        incoming.write(content)
        incoming.sync()
        parts.blobs.adopt(incoming)
    item = db.media.find(session, add_item(session, title=title))
    assert item is not None
    item.sha256, item.size_bytes = hashlib.sha256(content).hexdigest(), len(content)
    item.kind = MediaKind.VIDEO if frames else MediaKind.STILL
    item.state = MediaState.READY
    item.duration_ms, item.width, item.height = round(frames * FRAME_MS), WIDTH, HEIGHT
    if not frames:
        item.content_type = "image/png"
    session.flush()
    return item.id
