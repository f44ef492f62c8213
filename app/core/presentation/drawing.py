"""Draws what an aligned pair of pictures proves: where each lies in the other, and what differs.

Pictures are uint8 RGB (height, width, 3) and stay as large as they were.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import Matrix, Pixels, Smooth, lay
from app.core.geometry.placement import (
    Placement,
    Polygon,
    Size,
    in_pixels,
    inverse,
    outline,
    unmirrored,
)
from app.core.geometry.sights import flipped, greyed

type Colour = tuple[int, int, int]

LINE: Colour = (255, 214, 10)
HALO: Colour = (20, 20, 20)
OUTSIDE = 0.4
"""How bright what the other picture does not show remains."""
NOTHING: Colour = (24, 26, 30)
GROUND = 0.5
"""How bright the grey picture under the differences is."""
DIFFERS: tuple[Colour, Colour] = ((226, 60, 20), (255, 232, 90))
"""From where a difference can first be told to where it is plain."""
UNTOLD, PLAIN = 18.0, 80.0
"""Grey levels: compression and rounding differ by less, something else by more."""
COLOURLESS = 12.0
"""Levels between the colours of a pixel; black and white after coding stays below."""
ROUNDS = 4
SPARSE = 3
"""Every third pixel both ways says as much of a whole picture as all."""
ALIKE_SHARE = 0.7
GAIN_LIMITS = (0.3, 3.0)
_SUBPIXEL = 4


def region(query: Pixels, shares: Placement, *, mirrored: bool) -> Pixels:
    """Give the query with the part outlined that shows the known picture."""
    return _outlined(query, outline(inverse(unmirrored(shares, mirrored=mirrored))))


def shown(known: Pixels, shares: Placement) -> Pixels:
    """Give the known picture with the part outlined that the query shows."""
    return _outlined(known, outline(shares))


def difference(query: Pixels, known: Pixels, shares: Placement, *, mirrored: bool) -> Pixels:
    """Give the known picture in grey, with what differs in the query laid over it in colour.

    The query's brightness and contrast are matched first, and a pixel's shift is no difference.
    What the query does not show is left dark.
    """
    source = flipped(query) if mirrored else query
    matrix = np.array(in_pixels(shares, _size(query), _size(known)), np.float64)
    off, inside = _off(source, known, matrix)
    told = np.clip((off - UNTOLD) / (PLAIN - UNTOLD), 0, 1)[..., None]
    weak, strong = (np.array(colour, np.float32) for colour in DIFFERS)
    # A small difference is to be seen as well: it is coloured before it is bright.
    seen = np.sqrt(told)
    ground = np.float32(GROUND) * greyed(known)[..., None]
    drawn = ground * (1 - seen) + (weak + (strong - weak) * told) * seen
    drawn[~inside] = NOTHING
    return np.asarray(drawn, np.uint8)


def _off(query: Pixels, known: Pixels, matrix: Matrix) -> tuple[Smooth, NDArray[np.bool_]]:
    """Give by how many levels each pixel of the known picture is off, and where that can be said."""
    around = np.ones((3, 3), np.uint8)
    off = np.zeros(known.shape[:2], np.float32)
    for mine, theirs in _channels(query, known):
        laid = lay(mine, known.shape[:2], matrix)
        inside = cv2.erode((laid.inside > 0).astype(np.uint8), around) > 0
        other = laid.of(theirs).picture
        matched = _matched(laid.picture, other, inside)
        over, under = matched - cv2.dilate(other, around), cv2.erode(other, around) - matched
        off = np.maximum(off, np.maximum(over, under))
    return off, inside


def _channels(query: Pixels, known: Pixels) -> list[tuple[Pixels, Pixels]]:
    """Give what is compared: the three colours, or where one picture has none the brightness."""
    if min(_colourful(query), _colourful(known)) < COLOURLESS:
        return [(greyed(query), greyed(known))]
    pairs = zip(cv2.split(query), cv2.split(known), strict=True)
    return [(np.asarray(mine, np.uint8), np.asarray(theirs, np.uint8)) for mine, theirs in pairs]


def _colourful(picture: Pixels) -> float:
    """Give how far a picture's colours are from grey, its boldest tenth left out."""
    some = picture[::SPARSE, ::SPARSE]
    return float(np.quantile(some.max(axis=2) - some.min(axis=2), 0.9))


def _matched(mine: Smooth, theirs: Smooth, inside: NDArray[np.bool_]) -> Smooth:
    """Match brightness and contrast on what is alike: an overlay must not pull at the rest."""
    first, second, said = (each[::SPARSE, ::SPARSE] for each in (mine, theirs, inside))
    first, second = first[said], second[said]
    alike = np.ones(len(first), np.bool_)
    gain, shift = 1.0, 0.0
    for _ in range(ROUNDS if len(first) else 0):
        spread = float(first[alike].std()), float(second[alike].std())
        gain = float(np.clip(spread[1] / max(spread[0], 1.0), *GAIN_LIMITS))
        shift = float(second[alike].mean() - gain * first[alike].mean())
        off = np.abs(first * gain + shift - second)
        alike = off <= np.quantile(off, ALIKE_SHARE)
    return mine * np.float32(gain) + np.float32(shift)


def _outlined(picture: Pixels, polygon: Polygon) -> Pixels:
    """Outline a part of a picture and darken the rest; where there is no part, all of it."""
    width, height = _size(picture)
    thick = max(2, round(max(width, height) / 128))
    low, high = thick / 2, np.array([width, height]) - 1 - thick / 2
    corners = np.array(polygon, np.float64).reshape(-1, 2) * (width, height) - 0.5
    # The line stays in the picture where the part reaches its edge.
    line = [_fixed(np.clip(corners, low, high))]
    part = np.zeros((height, width), np.uint8)
    if len(corners):
        cv2.fillPoly(part, [_fixed(corners)], 255, cv2.LINE_AA, _SUBPIXEL)
    bright = OUTSIDE + (1 - OUTSIDE) * (part[..., None] / np.float32(255))
    drawn = (picture * bright).astype(np.uint8)
    for colour, width_px in ((HALO, thick + 2), (LINE, thick)) if len(corners) else ():
        cv2.polylines(drawn, line, True, colour, width_px, cv2.LINE_AA, _SUBPIXEL)  # noqa: FBT003
    return drawn


def _fixed(corners: NDArray[np.float64]) -> NDArray[np.int32]:
    """Give places in OpenCV's fixed point."""
    return np.asarray(np.rint(corners * 2**_SUBPIXEL), np.int32)


def _size(picture: Pixels) -> Size:
    return picture.shape[1], picture.shape[0]
