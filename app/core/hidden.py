"""Regions of the known picture that the query does not show: under a logo, a caption, a blur."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.films import Shares

PLACES_LEAST = 2
SHARE_LEAST, SHARE_MOST = 0.006, 0.5
"""Of the comparable places: less is chance, more is another picture."""
JOINED = 0.1
"""Share of the side under which a gap does not part a caption in two."""

type BoxShares = tuple[float, float, float, float]


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
    left = 1 - high[0] if mirrored else low[0]
    size = high - low
    return (
        round(float(left), 3),
        round(float(low[1]), 3),
        round(float(size[0]), 3),
        round(float(size[1]), 3),
    )
