"""Lays two films over each other more exactly, when it is known which moments belong together."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.between import Line, Moments
from app.core.films import Film, Overlay, Shares
from app.core.reel import SIDE, Stretch

MOMENTS = 9
LEAST_MOMENTS = 3
COARSE, FINE, SOFT_PX = 6, 10, 2.0
"""Steps on softened pictures, which reach further, and on sharp ones."""
DONE_PX = 0.03
RIM = 5
"""Pixels across, of which the middle is asked: at the rim slopes are those of the mask."""
LEAST_LIKENESS = 0.3
OUTLYING = 2.0
"""Of the usual difference: what differs more is something that moved, or is hidden, and counts less."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Pictures of both films at the same moments (n, SIDE, SIDE), the known ones blended."""

    mine: NDArray[np.uint8]
    theirs: Film

    def films(self, overlay: Overlay, soft_px: float) -> tuple[Film, Film]:
        """Give both in the known frame."""
        both = overlay.query(self.mine), overlay.known(self.theirs)
        if not soft_px:
            return both
        first, second = (
            np.stack([cv2.GaussianBlur(each, (0, 0), soft_px) for each in film]) for film in both
        )
        return first * overlay.inside, second * overlay.inside


def refined(overlay: Overlay, line: Line, films: tuple[Stretch, Stretch]) -> Overlay | None:
    """Give a better change of place; None where too few moments are known or they have little in common.

    One affine change is fitted to all moments at once by Gauss and Newton (Lucas and Kanade, 1981), so
    that plain pictures say as little as they can; what differs much counts less.
    """
    moments = _common(line, films)
    if moments is None:
        return None
    for turns, soft_px in ((COARSE, SOFT_PX), (FINE, 0.0)):
        for _ in range(turns):
            step = _step(*moments.films(overlay, soft_px), overlay)
            moved = _moved(overlay, step) if step is not None else None
            if moved is None:
                return None
            overlay = moved
            if np.abs(step).max() < DONE_PX:
                break
    mine, theirs = moments.films(overlay, 0.0)
    alike = (mine * theirs).sum() / max(1.0, float(np.linalg.norm(mine) * np.linalg.norm(theirs)))
    return overlay if alike >= LEAST_LIKENESS else None


def _common(line: Line, films: tuple[Stretch, Stretch]) -> _Moments | None:
    """Give some moments that both films show."""
    query, known = films
    if len(known) < 2:
        return None
    found = Moments.along(line, query.times_ms, known.times_ms)
    there = np.flatnonzero(found.there)
    if len(there) < LEAST_MOMENTS:
        return None
    some = there[np.unique(np.linspace(0, len(there) - 1, MOMENTS).round().astype(int))]
    return _Moments(query.pictures[some], found.where(some).blended(known.pictures))


def _step(mine: Film, theirs: Film, overlay: Overlay) -> Floats | None:
    """Give the affine change (2×3, over places of -1 to 1) by which the first film is off, in pixels."""
    own = float((mine**2).sum())
    if own < 1.0:
        return None
    gain = float((mine * theirs).sum()) / own
    if gain <= 0:
        return None
    left = theirs - gain * mine
    # The mean of both slopes leads further than either (Malis, 2004).
    slopes = (gain * mine + theirs) / 2
    across, down = np.gradient(slopes, axis=2), np.gradient(slopes, axis=1)
    within = cv2.erode(overlay.inside.astype(np.uint8), np.ones((RIM, RIM)), borderValue=0) > 0
    if not within.any():
        return None
    usual = float(np.median(np.abs(left[:, within])))
    weight = within / (1 + (left / max(OUTLYING * usual, 1e-3)) ** 2)
    sums = {
        name: (weight * first * second).sum(axis=0, dtype=np.float64)
        for name, first, second in (
            ("xx", across, across), ("xy", across, down), ("yy", down, down),
            ("x", across, left), ("y", down, left),
        )
    }
    return _solved(sums)


def _solved(sums: dict[str, Floats]) -> Floats | None:
    axis = np.linspace(-1, 1, SIDE)
    places = np.stack([*np.meshgrid(axis, axis), np.ones((SIDE, SIDE))])

    def over(name: str) -> Floats:
        return np.einsum("iyx,jyx,yx->ij", places, places, sums[name])

    def along(name: str) -> Floats:
        return np.einsum("iyx,yx->i", places, sums[name])

    square = np.block([[over("xx"), over("xy")], [over("xy"), over("yy")]])
    square += 1e-4 * np.trace(square) / 6 * np.eye(6) + 1e-6 * np.eye(6)
    found = np.linalg.solve(square, np.concatenate([along("x"), along("y")]))
    return found.reshape(2, 3)


def _moved(overlay: Overlay, step: Floats) -> Overlay | None:
    """Give the overlay after a step."""
    back = np.eye(3)
    # Places of -1 to 1 are shares of the side, doubled and moved; a pixel is a share of SIDE.
    back[:2, :2] += 2 * step[:, :2] / SIDE
    back[:2, 2] = (step[:, 2] - step[:, :2].sum(axis=1)) / SIDE
    shares = np.linalg.inv(back) @ np.vstack([overlay.shares, [0, 0, 1]])
    laid: Shares = shares[:2]
    moved = Overlay.of(laid, mirrored=overlay.mirrored)
    return moved.cut(overlay.part).without(overlay.hidden) if moved else None
