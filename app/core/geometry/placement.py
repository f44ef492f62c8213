"""How a query picture lies on a known one, in shares of both, free of the size they are shown at.

A place in a picture is (x, y), each 0 to 1 from the top left corner of the first pixel to the
bottom right corner of the last.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever draws at other sizes needs these sums and no arrays
    import numpy as np
    from numpy.typing import NDArray

type Placement = tuple[float, float, float, float, float, float]
"""Row-major 2×3: x' = a·x + b·y + c, y' = d·x + e·y + f."""
type Size = tuple[int, int]
"""Width and height in pixels."""
type Polygon = Sequence[tuple[float, float]]

FRAME: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_DIGITS = 6


def placement(matrix: "NDArray[np.float64]", query: Size, known: Size) -> Placement:
    """Give a change of pixel places (2×3, OpenCV's: a pixel's centre is whole) in shares."""
    (a, b, c), (d, e, f) = matrix.tolist()
    (width, height), (wide, high) = query, known
    # A pixel's centre lies half a pixel from its corner, on both sides.
    right, down = c + 0.5 - (a + b) / 2, f + 0.5 - (d + e) / 2
    return (
        round(a * width / wide, _DIGITS),
        round(b * height / wide, _DIGITS),
        round(right / wide, _DIGITS),
        round(d * width / high, _DIGITS),
        round(e * height / high, _DIGITS),
        round(down / high, _DIGITS),
    )


def in_pixels(shares: Placement, query: Size, known: Size) -> list[list[float]]:
    """Give the change of pixel places (2×3) between pictures of these sizes: `placement` undone."""
    a, b, c, d, e, f = shares
    (width, height), (wide, high) = query, known
    a, b, d, e = a * wide / width, b * wide / height, d * high / width, e * high / height
    return [[a, b, (a + b) / 2 + c * wide - 0.5], [d, e, (d + e) / 2 + f * high - 0.5]]


def unmirrored(shares: Placement, *, mirrored: bool) -> Placement:
    """Give the placement of the picture as it is, where `shares` is that of the mirrored one."""
    a, b, c, d, e, f = shares
    return (-a, b, a + c, -d, e, d + f) if mirrored else shares


def inverse(shares: Placement) -> Placement:
    """Give the placement of the known picture on the query; ValueError if it lies on a line."""
    a, b, c, d, e, f = shares
    area = a * e - b * d
    if abs(area) < 1e-9:
        raise ValueError("a picture without area lies nowhere")
    a, b, d, e = e / area, -b / area, -d / area, a / area
    return a, b, -(a * c + b * f), d, e, -(d * c + e * f)


def outline(shares: Placement) -> Polygon:
    """Give the part of a picture that another one placed on it covers: corners, none if nothing.

    Sutherland and Hodgman, 1974: the placed frame is cut at each side of the picture in turn.
    """
    a, b, c, d, e, f = shares
    corners = [(a * x + b * y + c, d * x + e * y + f) for x, y in FRAME]
    for axis in (0, 1):
        for limit, sign in ((0.0, 1.0), (1.0, -1.0)):
            corners = _cut(corners, axis, limit, sign)
    return corners


def _cut(
    corners: list[tuple[float, float]], axis: int, limit: float, sign: float
) -> list[tuple[float, float]]:
    """Keep what lies on one side of a line across an axis; a new corner where an edge meets it."""
    kept: list[tuple[float, float]] = []
    for place, corner in enumerate(corners):
        before = corners[place - 1]
        inside, was_inside = ((each[axis] - limit) * sign >= 0 for each in (corner, before))
        if inside != was_inside:
            share = (limit - before[axis]) / (corner[axis] - before[axis])
            x, y = (one + share * (other - one) for one, other in zip(before, corner, strict=True))
            kept.append((x, y))
        if inside:
            kept.append(corner)
    return kept
