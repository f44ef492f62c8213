"""Lays two films over each other more exactly, when it is known which moments belong together.

One affine change of place is fitted to some moments at once by steps of Gauss and Newton (Lucas and
Kanade, 1981), so that plain pictures say as little as they can; what moved or is hidden counts less.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import SIDE, Stretch
from app.core.reels.between import Line, Moments, laid
from app.core.reels.films import Film, Overlay

MOMENTS = 9
LEAST_MOMENTS = 3
STEPS = ((6, 2.0), (10, 0.0))
"""How many at most on pictures softened by so many pixels: these reach further."""
DONE_PX = 0.03
RIM_PX = 2
"""So near the rim slopes are those of what is left out."""
OUTLYING = 2.0
"""Times the usual difference, from which a difference counts less."""
LEAST_LIKENESS = 0.3

type Floats = NDArray[np.float64]


def refined(overlay: Overlay, line: Line, films: tuple[Stretch, Stretch]) -> Overlay | None:
    """Give a better change of place; None where few moments are known or they have little in common."""
    some = _some(line, films)
    if some is None:
        return None
    for turns, soft_px in STEPS:
        for _ in range(turns):
            step = _step(*_softened(laid(some, line, overlay), soft_px), overlay)
            moved = None if step is None else _moved(overlay, step)
            if step is None or moved is None:
                return None
            overlay = moved
            if np.abs(step).max() < DONE_PX:
                break
    mine, theirs = laid(some, line, overlay)
    both = float(np.linalg.norm(mine)) * float(np.linalg.norm(theirs))
    alike = float((mine * theirs).sum()) / max(1.0, both)
    return overlay if alike >= LEAST_LIKENESS else None


def _some(line: Line, films: tuple[Stretch, Stretch]) -> tuple[Stretch, Stretch] | None:
    """Give some pictures of the query, and the known ones around their moments."""
    query, known = films
    if len(known) < LEAST_MOMENTS:
        return None
    found = Moments.along(line, query.times_ms, known.times_ms)
    there = np.flatnonzero(found.there)
    if len(there) < LEAST_MOMENTS:
        return None
    mine = there[np.unique(np.linspace(0, len(there) - 1, MOMENTS).round().astype(int))]
    theirs = np.unique(np.concatenate([found.before[mine], found.before[mine] + 1]))
    return (
        Stretch(query.times_ms[mine], query.pictures[mine]),
        Stretch(known.times_ms[theirs], known.pictures[theirs]),
    )


def _softened(films: tuple[Film, Film], soft_px: float) -> tuple[Film, Film]:
    if not soft_px:
        return films
    first, second = (
        np.stack([cv2.GaussianBlur(each, (0, 0), soft_px) for each in film]) for film in films
    )
    return np.asarray(first, np.float32), np.asarray(second, np.float32)


def _step(mine: Film, theirs: Film, overlay: Overlay) -> Floats | None:
    """Give the affine change (2×3, of places from -1 to 1) by which the first film is off, in pixels."""
    gain = float((mine * theirs).sum() / max(1.0, float((mine**2).sum())))
    around = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    asked = cv2.erode(overlay.inside.astype(np.uint8), around, borderValue=0) > 0
    if gain <= 0 or not asked.any():
        return None
    left = theirs - gain * mine
    # The mean of both slopes leads further than that of one (Malis, 2004).
    slopes = np.gradient((gain * mine + theirs) / 2, axis=(1, 2))
    down, across = (np.asarray(each, np.float32) for each in slopes)
    usual = max(1e-3, OUTLYING * float(np.median(np.abs(left[:, asked]))))
    weight = asked / (1 + (left / usual) ** 2)
    axis = np.linspace(-1, 1, SIDE)
    places = np.stack([*np.meshgrid(axis, axis), np.ones((SIDE, SIDE))]).reshape(3, -1)

    def summed(first: Film, second: Film) -> Floats:
        total = (weight * first * second).sum(axis=0, dtype=np.float64)
        return np.asarray(total.ravel(), np.float64)

    both = summed(across, across), summed(across, down), summed(down, down)
    xx, xy, yy = ((places * each) @ places.T for each in both)
    square = np.block([[xx, xy], [xy, yy]])
    square += (1e-4 * np.trace(square) / 6 + 1e-6) * np.eye(6)
    wanted = np.concatenate([places @ summed(across, left), places @ summed(down, left)])
    return np.asarray(np.linalg.solve(square, wanted).reshape(2, 3), np.float64)


def _moved(overlay: Overlay, step: Floats) -> Overlay | None:
    """Give the overlay after a step."""
    change = np.eye(3)
    # A place from -1 to 1 is a share doubled and moved, a pixel a share of SIDE.
    change[:2, :2] += 2 * step[:, :2] / SIDE
    change[:2, 2] = (step[:, 2] - step[:, :2].sum(axis=1)) / SIDE
    shares = np.linalg.inv(change) @ np.vstack([overlay.shares, [0, 0, 1]])
    moved = Overlay.of(shares[:2], mirrored=overlay.mirrored)
    left = moved.cut(overlay.part) if moved else None
    return left.without(overlay.hidden) if left else None
