"""Where the picture proper lies in a frame: flat bars of any colour, and blurred side bars.

One box for a whole item: bars stand still while the picture moves, so the evidence of all its
frames is joined, and a dark scene or a caption in the bar of some frames does not move the box.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.views import WHOLE, Box

SIDE = 256
FLAT_STD = 6.0
"""Grey levels; compression leaves 1 to 3 in a flat bar, real rows and columns vary by tens."""
CALM = 0.3
"""Blurred bars hold less than this share of the inside's edges."""
SAME = 0.03
"""Blurred bars are equally wide on both sides, within this share of the frame."""
LEAST_BAR = 0.02
LEAST_CONTENT = 0.3

FULL, LARGE = 0.99, 0.6
"""A picture in bars fills the frame along one side, or is this large along both; a logo on a card neither."""
EDGE_GREYS, EDGE_SHARE = 8, 0.6
"""Along its whole edge a picture differs from its bars, lettering from its ground in a few places."""

type Profile = NDArray[np.float16]


def border_profile(pixels: NDArray[np.uint8]) -> Profile:
    """Sum up one frame for `content_box`: spread and edges of its rows and columns, (4, 256)."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    values = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    edges = np.zeros_like(values)
    edges[:, 1:] += np.abs(np.diff(values, axis=1))
    edges[1:] += np.abs(np.diff(values, axis=0))
    rows = [values.std(axis=1), values.std(axis=0), edges.mean(axis=1), edges.mean(axis=0)]
    return np.asarray(rows, np.float16)


def content_box(profiles: list[Profile]) -> Box:
    """Give the part of the frame inside the bars; the whole frame where there are none."""
    if not profiles:
        return WHOLE
    joined = np.percentile(np.stack(profiles).astype(np.float32), 75, axis=0)
    top, bottom = _inside(joined[0], joined[2])
    left, right = _inside(joined[1], joined[3])
    return Box(left, top, right - left, bottom - top)


def without_bars(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give what one grey frame shows inside of flat bars; all of a card, whose ground is none."""
    height, width = grey.shape
    (top, bottom), (left, right) = (_flat_ends(grey, axis) for axis in (1, 0))
    inside = grey[top:bottom, left:right]
    shares = (bottom - top) / height, (right - left) / width
    if min(shares) < (LEAST_CONTENT if max(shares) >= FULL else LARGE):
        return grey
    beside = [
        (inside[0], grey[:top]),
        (inside[-1], grey[bottom:]),
        (inside[:, 0], grey[:, :left]),
        (inside[:, -1], grey[:, right:]),
    ]
    return inside if all(_is_edge(line, bar) for line, bar in beside) else grey


def _flat_ends(grey: NDArray[np.uint8], axis: int) -> tuple[int, int]:
    """Give the first line that is not flat and the one after the last, without those mixed with a bar."""
    lines = np.flatnonzero(grey.std(axis=axis) >= FLAT_STD)
    size = grey.shape[1 - axis]
    if not len(lines):
        return 0, size
    start, end = int(lines[0]), int(lines[-1]) + 1
    return (start + 1 if start else 0), (end - 1 if end < size else size)


def _is_edge(line: NDArray[np.uint8], bar: NDArray[np.uint8]) -> bool:
    """Say whether a line of the picture stands out from the bar beside it; where there is none, it does."""
    if not bar.size:
        return True
    away = np.abs(line.astype(np.float32) - float(np.median(bar)))
    return bool((away > EDGE_GREYS).mean() >= EDGE_SHARE)


def _inside(spread: NDArray[np.float32], edges: NDArray[np.float32]) -> tuple[float, float]:
    """Give where the picture begins and ends along one axis."""
    start, end = _ends(spread < FLAT_STD)
    if start == 0 and end == 1:
        middle = float(np.median(edges[SIDE // 3 : -SIDE // 3]))
        smooth = np.convolve(edges, np.ones(3) / 3, "same")
        start, end = _ends(smooth < CALM * middle)
        if start == 0 or abs(start - (1 - end)) > SAME:
            return 0.0, 1.0
    return (start, end) if end - start >= LEAST_CONTENT else (0.0, 1.0)


def _ends(bar: NDArray[np.bool_]) -> tuple[float, float]:
    """Count bar lines from both ends; bars too thin to matter count as none."""
    content = np.flatnonzero(~bar)
    if not len(content):
        return 0.0, 1.0
    start, end = int(content[0]) / SIDE, int(content[-1] + 1) / SIDE
    return (start if start >= LEAST_BAR else 0.0), (end if 1 - end >= LEAST_BAR else 1.0)
