"""Where a picture lies in another one by their edges: of plain or repeated things key points cannot tell.

Each edge counts by its direction, hardly by its strength, so that a few strong ones do not decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import Pixels
from app.core.reels.films import WHOLE, BoxShares, Overlay, box_on_box
from app.core.reels.hidden import laid_box

LONG_PX = 128
"""The longer side of the picture that is searched."""
SIZES = 1.06 ** -np.arange(15.0)
"""Of the picture that is looked for, as shares of the largest that fits in."""
LEAST_PX = 12
SMOOTH_PX = 0.8
NOISE = 8.0
"""Grey levels a pixel under which an edge counts little."""
CLEAR = 0.3
"""Likeness of edges that unrelated pictures seldom reach, by the fourth root of the share that they fill."""
BEST, PLACES = 3, 3
"""Places kept at one size, and in all."""
APART = 0.06

type Edges = NDArray[np.float32]
"""The direction of the edge at each pixel (height, width, 2), shorter where it is weak."""
type Pair = tuple[Pixels, Pixels]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one picture lies in another: x, y, width and height as shares, and how clearly."""

    clear: float
    box: BoxShares
    mirrored: bool

    def apart(self, other: "Place") -> bool:
        """Say whether it is another place."""
        off = max(abs(a - b) for a, b in zip(self.box, other.box, strict=True))
        return self.mirrored != other.mirrored or off > APART


def overlays(pairs: Sequence[Pair]) -> list[Overlay]:
    """Give the likeliest ways in which queries lie on known pictures (grey), which all lie alike.

    A query is looked for in the known picture, and the known one in the query: it may have bars around.
    """
    alike = [pair for pair in pairs if _shapes(pair) == _shapes(pairs[0])]
    if not alike:
        return []
    found = [(place, box_on_box(WHOLE, place.box)) for place in _places(alike)]
    around = _places([(known, query) for query, known in alike])
    # A known picture that was found mirrored lies at the other side of the query once that is mirrored.
    found += [
        (place, box_on_box(laid_box(place.box, mirrored=place.mirrored), WHOLE)) for place in around
    ]
    clearest = sorted(found, key=lambda each: -each[0].clear)[:PLACES]
    laid = [Overlay.of(shares, mirrored=place.mirrored) for place, shares in clearest]
    return [each for each in laid if each is not None]


def _shapes(pair: Pair) -> tuple[tuple[int, ...], ...]:
    return tuple(each.shape for each in pair)


def _places(pairs: Sequence[Pair]) -> list[Place]:
    """Give where the first pictures of all pairs lie in the second ones, clearest first."""
    wholes = [_edges(whole, *_size(whole, LONG_PX / max(whole.shape))) for _, whole in pairs]
    found: list[Place] = []
    for mirrored in (False, True):
        parts = [part[:, ::-1] if mirrored else part for part, _ in pairs]
        for size in SIZES:
            found += _at_size(parts, wholes, size, mirrored=mirrored)
    kept: list[Place] = []
    for place in sorted(found, key=lambda each: -each.clear):
        if place.clear < CLEAR or len(kept) == PLACES:
            break
        if all(place.apart(other) for other in kept):
            kept.append(place)
    return kept


def _at_size(
    parts: Sequence[Pixels], wholes: Sequence[Edges], size: float, *, mirrored: bool
) -> list[Place]:
    """Give the best places at one size."""
    (high, wide), (down, across) = parts[0].shape, wholes[0].shape[:2]
    part_across, part_down = _size(parts[0], size * min(across / wide, down / high))
    if min(part_across, part_down) < LEAST_PX:
        return []
    likeness = np.mean(
        [
            cv2.matchTemplate(whole, _edges(part, part_across, part_down), cv2.TM_CCORR_NORMED)
            for part, whole in zip(parts, wholes, strict=True)
        ],
        axis=0,
    )
    filled = (part_across * part_down / (across * down)) ** 0.25
    found = []
    for _ in range(BEST):
        y, x = (int(value) for value in np.unravel_index(likeness.argmax(), likeness.shape))
        box = (x / across, y / down, part_across / across, part_down / down)
        found.append(Place(float(likeness[y, x]) * filled, box, mirrored))
        near = slice(max(0, y - part_down // 6), y + part_down // 6 + 1)
        likeness[near, max(0, x - part_across // 6) : x + part_across // 6 + 1] = -1.0
    return found


def _size(picture: Pixels, scale: float) -> tuple[int, int]:
    """Give width and height of a picture at another scale."""
    height, width = picture.shape
    return max(1, round(width * scale)), max(1, round(height * scale))


def _edges(picture: Pixels, width: int, height: int) -> Edges:
    """Give the edges of a grey picture at another size."""
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = cv2.GaussianBlur(small, (0, 0), SMOOTH_PX)
    across, down = (cv2.Sobel(soft, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    strength = np.hypot(across, down)
    usual = strength + 2 * float(np.median(strength)) + NOISE
    return np.asarray(np.dstack([across / usual, down / usual]), np.float32)
