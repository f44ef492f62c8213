"""Clips whose frames carry their number, so that a browser can be asked which frame it shows.

The number stands as black and white bars along the lower edge of a picture that is otherwise a
camera's: twelve bits, the highest first.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.filming import canvas, ffmpeg

BITS = 12
SIZE = (320, 240)
BAR_HEIGHT = 24

READ_FRAME = """
(media) => {
  const [width, height, bits, down] = [WIDTH, HEIGHT, BITS, DOWN];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(media, 0, 0, width, height);
  let number = 0;
  for (let bit = 0; bit < bits; bit++) {
    const x = Math.floor((bit + 0.5) * width / bits);
    const value = context.getImageData(x, height - down, 1, 1).data[1];
    number = number * 2 + (value > 127 ? 1 : 0);
  }
  return number;
}
"""
for _name, _value in zip(
    ("WIDTH", "HEIGHT", "BITS", "DOWN"), (*SIZE, BITS, BAR_HEIGHT // 2), strict=True
):
    READ_FRAME = READ_FRAME.replace(_name, str(_value))
"""Says which frame a video element shows."""


def numbered(path: Path, *, seconds: float, rate: str = "25", seed: int = 1) -> Path:
    """A clip of long groups of pictures with B-frames, as players find hardest to seek in."""
    width, height = SIZE
    exact = _exact(rate)
    form = f"rawvideo -pix_fmt rgb24 -s {width}x{height} -r {rate}"
    coding = "-c:v libx264 -preset ultrafast -bf 2 -b_strategy 0 -g 250 -crf 16 -pix_fmt yuv420p"
    count = round(seconds * exact)
    raw = b"".join(_frame(number, count, seed).tobytes() for number in range(count))
    ffmpeg("-f", *form.split(), "-i", "-", *coding.split(), path, stdin=raw)
    return path


def _exact(rate: str) -> float:
    over, _, under = rate.partition("/")
    return float(over) / float(under or 1)


def _frame(number: int, count: int, seed: int) -> NDArray[np.uint8]:
    width, height = SIZE
    shot, within = divmod(number * 3, max(1, count))
    world = canvas(seed, SIZE, min(shot, 2))
    share = within / max(1, count)
    x, y = round(share * (world.shape[1] - width)), round(share * (world.shape[0] - height))
    picture = world[y : y + height, x : x + width].copy()
    for bit in range(BITS):
        left, right = (round(each * width / BITS) for each in (bit, bit + 1))
        is_set = number >> (BITS - 1 - bit) & 1
        picture[height - BAR_HEIGHT :, left:right] = 255 if is_set else 0
    return picture
