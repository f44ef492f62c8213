"""What of the known frame the query shows, and what fills the rest of the query: borders, other footage."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import SIDE
from app.core.geometry.blocks import Matrix, Pixels
from app.core.reels.films import BLOCK_PX, WHOLE, BoxShares, Overlay

SMALL_PX = 256
"""Length of the longer side at which what fills the rest of a picture is looked at."""
PLAIN_DETAIL = 10.0
"""Detail under which that is a bar: blurred bars have up to 8, floors and walls of footage from 11 on."""
BUSY = 95
"""Percentile of the places whose detail is asked."""
ASIDE_PX = 13
SPANNING = 0.95
"""Share of a side that what lies between bars reaches over: bars lie along whole sides."""
MOSTLY = 0.6
"""Share of a bar that words on it leave in one colour; no floor is so even."""
ONE_COLOUR_GREYS = 2
"""Grey levels to either side that count as one colour."""
BEYOND = 0.05
"""Share of the known frame by which the query goes on beyond it, with its neighbour."""
LEAST_BESIDE, HIDES = 0.04, 0.6
"""Share of the known frame that bars must take, and which part of that must be hidden by them."""
CUT = 0.5
"""Share of a line along the edge that the neighbour hides."""

type Corners = NDArray[np.float64]


def cut_by_neighbour(overlay: Overlay) -> Overlay:
    """Cut the known frame to the part that is left where the query's other footage lies on it.

    An inset that was cropped is hidden by its neighbour from one of its sides on: that is no caption.
    """
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) @ overlay.shares[:, :2].T
    corners += overlay.shares[:, 2]
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    columns, rows = (_shares_hidden(overlay, axis) for axis in (0, 1))
    first = _cut(columns) if left < -BEYOND else 0
    last = _cut(columns[::-1]) if right > 1 + BEYOND else 0
    above = _cut(rows) if top < -BEYOND else 0
    below = _cut(rows[::-1]) if bottom > 1 + BEYOND else 0
    size = SIDE - first - last, SIDE - above - below
    if min(size) <= 0 or size == (SIDE, SIDE):
        return overlay
    return overlay.cut((first / SIDE, above / SIDE, size[0] / SIDE, size[1] / SIDE)) or overlay


def cut_by_bars(overlay: Overlay, inside: BoxShares) -> Overlay:
    """Cut the known frame to what the query shows `inside` its bars, where these lie on the picture.

    `inside` is a box of the query, mirrored where the query is.
    """
    corners = np.clip(corners_of((1, 1), overlay.shares, inside), 0, 1)
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    part = overlay.cut((left, top, right - left, bottom - top))
    if part is None:
        return overlay
    # What is hidden of the part was told beside the bars, and is to be asked again.
    beside = overlay.shown & ~part.shown
    if beside.mean() < LEAST_BESIDE or (overlay.hidden & beside).sum() < HIDES * beside.sum():
        return overlay
    return part


def _shares_hidden(overlay: Overlay, axis: int) -> NDArray[np.float64]:
    """Give which share of each line is hidden; of a line that is not shown at all, NaN."""
    shown, hidden = overlay.shown.sum(axis=axis), (overlay.hidden & overlay.shown).sum(axis=axis)
    return np.where(shown > 0, hidden / np.maximum(shown, 1), np.nan)


def _cut(hidden: NDArray[np.float64]) -> int:
    """Count the lines from the edge on that are hidden; a rim that is not shown is no cut."""
    # Half a block beside the rim nothing can be said.
    unsaid = int(np.argmax(~np.isnan(hidden))) + BLOCK_PX // 2
    free = np.flatnonzero(hidden[unsaid:] <= CUT)
    return unsaid + int(free[0]) if len(free) and free[0] > 0 else 0


def corners_of(shape: tuple[int, ...], matrix: Matrix, part: BoxShares = WHOLE) -> Corners:
    """Give where the corners of a part of a picture come to lie."""
    height, width = shape[:2]
    x, y, wide, high = part
    box = np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]])
    return np.asarray((box * (width, height)) @ matrix[:, :2].T + matrix[:, 2], np.float64)


def bounds(corners: Corners, shape: tuple[int, ...]) -> BoxShares:
    """Give the box around corners, within a picture, in shares of it."""
    height, width = shape[:2]
    low = np.clip(corners.min(axis=0) / (width, height), 0, 1)
    high = np.clip(corners.max(axis=0) / (width, height), 0, 1)
    x, y, right, bottom = (round(float(v), 3) for v in (*low, *high))
    return x, y, round(right - x, 3), round(bottom - y, 3)


def area_within(corners: Corners, shape: tuple[int, ...]) -> float:
    """Give how many pixels of a picture lie between corners."""
    height, width = shape[:2]
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    area, _ = cv2.intersectConvexConvex(corners.astype(np.float32), frame)
    return float(area)


def plain_around(corners: Corners, query: Pixels) -> bool:
    """Say whether the query is flat or blurred outside some corners, or has bars there with words on them."""
    height, width = query.shape[:2]
    scale = SMALL_PX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Even soft footage is sharp when small; a blurred bar is not.
    grey = np.asarray(
        cv2.resize(cv2.cvtColor(query, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA),
        np.uint8,
    )
    outside = np.ones(grey.shape, np.uint8)
    cv2.fillConvexPoly(outside, np.round(corners * scale).astype(np.int32), 0)
    aside = cv2.erode(outside, np.ones((ASIDE_PX, ASIDE_PX), np.uint8), borderValue=1) > 0
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    if not aside.any() or float(np.percentile(detail[aside], BUSY)) < PLAIN_DETAIL:
        return True
    return _spans(outside == 0) and _mostly_one_colour(grey[aside])


def _spans(inside: NDArray[np.bool_]) -> bool:
    """Say whether a region reaches from side to side, or from top to bottom."""
    return bool(max(inside.any(axis=axis).mean() for axis in (0, 1)) >= SPANNING)


def _mostly_one_colour(values: NDArray[np.uint8]) -> bool:
    """Say whether most grey levels are one colour, as of bars: plain footage is lit unevenly."""
    usual = np.bincount(values).argmax()
    return bool((np.abs(values.astype(np.int16) - usual) <= ONE_COLOUR_GREYS).mean() >= MOSTLY)
