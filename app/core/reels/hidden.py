"""Regions of the known picture that the query does not show: under a logo, a caption, a blur."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import Stretch
from app.core.reels.between import Line, shown
from app.core.reels.films import BLOCK_PX, BoxShares, Film, Overlay, Region, Shares
from app.core.reels.tones import toned

MOMENTS, MOST_TIMES = 40, 14
"""Pictures that are asked what is hidden, and which of them differ most of the time."""
PLACES_LEAST = 2
SHARE_LEAST, SHARE_MOST = 0.005, 0.5
"""Of the comparable places: less is chance, more is another picture."""
JOINED = 0.06
"""Share of the side under which a gap does not part a caption in two."""
HIDDEN = 0.4
"""What agrees less than this share of what the whole agrees all along, a block around, is hidden."""
TEXTURE = 2.0
"""Grey levels of detail under which a place says nothing."""
COVERED = 0.7
SOFTER = 0.3
"""A place with less than this share of the detail that it should have is blurred or painted over."""
DIFFERS, DIFFERS_BEYOND = 5.0, 2.0
"""Grey levels, and times the usual difference, by which what is hidden differs most of the time."""
PAINTED, PAINTED_BEYOND = 25.0, 5.0
"""The same of what is hidden whether there is detail or not."""
THIN_PX = 5
"""A block around makes everything wider than this; less is an edge that is a little off."""


def hidden_region(films: tuple[Stretch, Stretch], line: Line, overlay: Overlay) -> Region:
    """Give where the query shows all along something else than the known item at the same moments."""
    inside = overlay.shown
    bare = replace(overlay, hidden=np.zeros_like(inside))
    mine, other = shown((_some(films[0]), films[1]), line, bare)
    if not len(mine):
        return np.zeros_like(inside)
    # A change of contrast or gamma crushes the dark or the light parts; that hides nothing.
    other = toned(other, mine, inside)
    away = np.median(np.abs(mine - other)[:: 1 + len(mine) // MOST_TIMES], axis=0) * inside
    away = cv2.blur(away, (THIN_PX - 2, THIN_PX - 2))
    usual = float(np.median(away[inside]))
    differs = away > max(DIFFERS, DIFFERS_BEYOND * usual)
    painted = away > max(PAINTED, PAINTED_BEYOND * usual)
    unlike = _unlike(bare.grounded(mine), bare.grounded(other), inside)
    found = (inside & differs & (painted | unlike)).astype(np.uint8)
    opened = cv2.morphologyEx(np.pad(found, THIN_PX), cv2.MORPH_OPEN, np.ones((THIN_PX, THIN_PX)))
    return np.asarray(opened[THIN_PX:-THIN_PX, THIN_PX:-THIN_PX] > 0, np.bool_)


def _some(film: Stretch) -> Stretch:
    """Give as many pictures of a film as say what is hidden."""
    places = np.unique(np.linspace(0, len(film) - 1, min(len(film), MOMENTS)).round().astype(int))
    return Stretch(film.times_ms[places], film.pictures[places])


def _unlike(mine: Film, other: Film, inside: Region) -> Region:
    """Give where the detail around is another, or more or less than elsewhere."""
    share = _around(inside.astype(np.float32))
    both, first, second = (
        _around(part.mean(axis=0)) / np.maximum(share, 1e-3)
        for part in (mine * other, mine**2, other**2)
    )
    says = inside & (np.sqrt(np.maximum(first, second)) > TEXTURE) & (share > COVERED)
    if not says.any():
        return np.zeros_like(inside)
    alike = both / np.sqrt(np.maximum(first * second, 1e-3))
    unlike = alike < HIDDEN * max(0.0, float(np.median(alike[says])))
    # Where one side is smooth and the other is not, neither likeness nor chance is asked.
    gain = float(np.median((first / np.maximum(second, 1e-3))[says]))
    uneven = (first < SOFTER * gain * second) | (SOFTER * first > gain * second)
    return np.asarray(says & (unlike | uneven), np.bool_)


def _around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the mean of a block around each place."""
    return np.asarray(cv2.blur(values, (BLOCK_PX + 1, BLOCK_PX + 1)), np.float32)


def covered_boxes(overlay: Overlay) -> list[BoxShares]:
    """Give what is hidden of what is shown as boxes in the query."""
    hidden, comparable = overlay.hidden & overlay.shown, int(overlay.shown.sum())
    return hidden_boxes(hidden, comparable, overlay.shares, mirrored=overlay.mirrored)


def laid_box(box: BoxShares, *, mirrored: bool) -> BoxShares:
    """Give a box of the query in the picture as it is laid over the known one, or the reverse."""
    x, y, width, height = box
    # Sums of shares may end a trace before 0.
    return (max(0.0, round(1 - x - width, 3)), y, width, height) if mirrored else box


def hidden_boxes(
    hidden: NDArray[np.bool_], comparable: int, shares: Shares, *, mirrored: bool
) -> list[BoxShares]:
    """Give what is hidden as boxes in the query (x, y, width, height as shares), largest first.

    `hidden` is a grid over the known picture, `comparable` the number of its places that can be asked,
    `shares` takes the query's shares, mirrored first where `mirrored`, to the known ones.
    """
    if hidden.sum() > SHARE_MOST * comparable:
        return []
    gap = max(3, round(JOINED * max(hidden.shape)) | 1)
    padded = np.pad(hidden.astype(np.uint8), gap)
    joined = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    joined = joined[gap:-gap, gap:-gap]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, width, height, _ = (int(value) for value in stats[label])
        area = int(hidden[labels == label].sum())
        if area >= max(PLACES_LEAST, SHARE_LEAST * comparable):
            box = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
            found.append((area, _in_query(box / hidden.shape[::-1], shares, mirrored=mirrored)))
    return [box for _, box in sorted(found, key=lambda each: -each[0])]


def _in_query(corners: NDArray[np.float64], shares: Shares, *, mirrored: bool) -> BoxShares:
    """Give the bounds in the query of a box of the known picture."""
    back = cv2.invertAffineTransform(shares)
    placed = corners @ back[:, :2].T + back[:, 2]
    low, high = np.clip(placed.min(axis=0), 0, 1), np.clip(placed.max(axis=0), 0, 1)
    x, y, width, height = (round(float(value), 3) for value in (*low, *(high - low)))
    return laid_box((x, y, width, height), mirrored=mirrored)
