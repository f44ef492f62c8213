"""Rooms before a camera on a tripod, in which something goes about: another seed is another take."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.filming import FPS, Pixels, canvas, ffmpeg

WIDE, HIGH = 480, 270
UPRIGHT = HIGH * 9 // 32 * 2
"""How wide phones show the middle of it."""


def room(seconds: float, seed: int = 3, number: int = 7) -> list[Pixels]:
    """Somebody goes about in one of many rooms."""
    wall = canvas(number, (WIDE, HIGH))[:HIGH, :WIDE]
    steps = np.random.default_rng(seed).normal(0, 5, (round(seconds * FPS), 2)).cumsum(axis=0)
    frames = []
    for x, y in steps + np.array([WIDE / 2, HIGH / 2]):
        frame = wall.copy()
        cv2.circle(frame, (int(x) % WIDE, int(y) % HIGH), 28, (235, 235, 235), -1, cv2.LINE_AA)
        cv2.circle(frame, (int(x + 9 * y) % WIDE, int(x) % HIGH), 20, (15, 15, 15), -1, cv2.LINE_AA)
        frames.append(frame)
    return frames


def papered(frames: list[Pixels], seed: int) -> list[Pixels]:
    """A room with a wallpaper: a part of it has key points, and no wall is as smooth as blurred bars."""
    paper = np.random.default_rng(seed).normal(0, 20, (HIGH // 2, WIDE // 2, 1))
    paper = paper.repeat(2, axis=0).repeat(2, axis=1)
    return [np.clip(frame + paper, 0, 255).astype(np.uint8) for frame in frames]


def encoded(path: Path, frames: Sequence[Pixels]) -> Path:
    """Write frames of one size as a clip."""
    height, width = frames[0].shape[:2]
    form = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {FPS} -i -".split()
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
    ffmpeg(*form, *coding, path, stdin=b"".join(each.tobytes() for each in frames))
    return path
