"""Proves that two pictures show the same shot: local features, one geometric change, and agreement in detail.

Key points with the ratio test (Lowe, 2004), RANSAC.
Matching corners alone would prove two films of one room; so the query is laid over the known
picture and each textured block must agree: what moved between the films then disagrees.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import SAID_MIN, Matrix, compare, mean_likeness, share_agreeing
from app.core.geometry.sights import NO_POINTS, Points, Sight

RATIO = 0.8
REPROJECTION_PX = 3.0
PAIRS_MIN = 6
"""Matching key points of which a change of place is looked for; three make one."""
SCALE_LIMITS = (0.08, 12.0)
STRETCH_MAX = 3.0
STRETCHED, TURN_MAX_DEGREES = 1.5, 18.0
"""What is stretched so much lies upright, or on its side, but for a tilt: other fits are chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How the query picture lies on the known one.

    `matrix` (2×3) takes query pixels (mirrored first when `mirrored`) to known pixels; `blocks`
    holds the correlation of each block of the known picture, NaN where nothing can be said.
    """

    matrix: Matrix
    mirrored: bool
    inliers: int
    blocks: NDArray[np.float64]

    @property
    def agreement(self) -> float:
        """The share of comparable blocks that agree."""
        return share_agreeing(self.blocks)

    @property
    def likeness(self) -> float:
        """How nearly the comparable blocks agree, 0 to 1."""
        return mean_likeness(self.blocks)

    @property
    def comparable(self) -> int:
        """How many blocks could be compared."""
        return int((~np.isnan(self.blocks)).sum())

    @property
    def mute(self) -> bool:
        """Whether too few blocks can be compared to say that any agree."""
        return self.comparable < SAID_MIN


def prove(query: Sight, known: Sight, *, mirrored: bool, hint: Matrix | None = None) -> Fit | None:
    """Lay the query over the known picture; None where no plausible change of place does it.

    `query` is already mirrored when `mirrored`. `hint` is the change found on other pictures of
    the same segment; the better of the two is given.
    """
    fits = []
    pairs = matched(query, known)
    fitted = _fit(*pairs)
    if fitted is not None:
        matrix, inliers = fitted
        fits.append(Fit(matrix, mirrored, inliers, compare(query.grey, known.grey, matrix)))
    if hint is not None:
        blocks = compare(query.grey, known.grey, hint)
        fits.append(Fit(hint, mirrored, _inliers(*pairs, hint), blocks))
    return max(fits, key=lambda fit: (fit.agreement, fit.inliers), default=None)


def matched(query: Sight, known: Sight) -> tuple[Points, Points]:
    """Give the places of key points that match clearly better than their second choice."""
    if not len(query.points) or len(known.points) < 2:
        return NO_POINTS, NO_POINTS
    near = query.descriptors @ known.descriptors.T
    rows = np.arange(len(near))
    first = near.argmax(axis=1)
    # Root descriptors have unit norm: squared distance = 2 - 2 · product.
    best = 2 - 2 * near[rows, first]
    near[rows, first] = -1.0
    next_best = 2 - 2 * near.max(axis=1)
    clear = best < RATIO**2 * next_best
    return query.points[clear], known.points[first[clear]]


def _fit(source: Points, target: Points) -> tuple[Matrix, int] | None:
    """Give the change of place that most pairs of key points agree on, and how many do."""
    if len(source) < PAIRS_MIN:
        return None
    cv2.setRNGSeed(1)
    matrix, inside = cv2.estimateAffine2D(
        source,
        target,
        method=cv2.RANSAC,
        ransacReprojThreshold=REPROJECTION_PX,
        maxIters=3000,
        confidence=0.999,
    )
    if matrix is None:
        return None
    change = np.asarray(matrix, np.float64)
    return (change, int(inside.sum())) if plausible(change) else None


def _inliers(source: Points, target: Points, matrix: Matrix) -> int:
    off = np.linalg.norm(source @ matrix[:, :2].T + matrix[:, 2] - target, axis=1)
    return int((off <= REPROJECTION_PX).sum())


def plausible(matrix: Matrix) -> bool:
    """Say whether people change pictures like this: no collapse, no reflection, little stretch."""
    if np.linalg.det(matrix[:, :2]) <= 0:
        return False
    long, short = np.linalg.svd(matrix[:, :2], compute_uv=False)
    if short < SCALE_LIMITS[0] or long > SCALE_LIMITS[1] or long > STRETCH_MAX * short:
        return False
    return bool(long < STRETCHED * short) or _tilt(matrix) <= TURN_MAX_DEGREES


def _tilt(matrix: Matrix) -> float:
    """Give by how many degrees a change of place turns, beside quarter turns."""
    (a, b), (c, d) = matrix[:, :2]
    degrees = float(np.degrees(np.arctan2(c - b, a + d)))
    return abs((degrees + 45) % 90 - 45)
