"""In how many ways the pairs of a run lie over each other: one where only the edit moved them."""

import numpy as np

from app.core.geometry.examination import Examined

WEAK_INLIERS = 25
"""Key points from which a pair says how the pictures lie; below, chance may have laid it."""
STEADY = 0.02
"""Share of the picture by which the corners of pairs that lie alike may differ."""


def steady(pairs: list[Examined]) -> bool:
    """Say whether several pairs lie over each other in the same way: nothing but the edit moved them."""
    fitted = [pair for pair in pairs if pair.inliers >= WEAK_INLIERS]
    return len(fitted) > 1 and len(ways_to_lie(fitted)) == 1


def ways_to_lie(pairs: list[Examined]) -> list[Examined]:
    """Give one pair for each way in which pairs lie over each other, the way of most pairs first."""
    left = sorted((pair for pair in pairs if pair.fit), key=lambda pair: -pair.strength)
    ways: list[list[Examined]] = []
    for pair in left:
        same = next((way for way in ways if lie_alike(way[0], pair)), None)
        if same is None:
            ways.append([pair])
        else:
            same.append(pair)
    return [way[0] for way in sorted(ways, key=lambda way: -len(way))]


def lie_alike(first: Examined, second: Examined) -> bool:
    """Say whether two pairs lie over each other in the same way."""
    if first.fit is None or second.fit is None or first.fit.mirrored != second.fit.mirrored:
        return False
    height, width = first.query.grey.shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    placed, other = (corners @ fit.matrix.T for fit in (first.fit, second.fit))
    return bool(np.abs(placed - other).max() <= STEADY * np.ptp(placed, axis=0).max())
