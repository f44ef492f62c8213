"""Changes of place of small square pictures: in shares of their sides, in pixels, and carried out."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import SIDE

type Matrix = NDArray[np.float64]
"""A change of place (2×3) from the query's picture to the known one."""

INSIDE = 0.95
EDGE_PX = 1.5
"""Of the query's picture: so far its neighbour shines into the known frame."""

GROUND_PX = 6.0
"""Wider changes of brightness than this are light, not things."""
_WAVES = 20
"""So many waves across a picture make up what is so wide, to a hundredth of a grey level."""


def soft(picture: NDArray[np.uint8], blur_px: float) -> NDArray[np.float32]:
    """Blur a picture by so many pixels, where that is more than a trace."""
    values = picture.astype(np.float32)
    return values if blur_px <= 0.3 else np.asarray(cv2.GaussianBlur(values, (0, 0), blur_px))


def grounds(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the wide changes of brightness of pictures (…, SIDE, SIDE): what a blur by GROUND_PX leaves."""
    into, back = _waves()
    return np.asarray(back @ (into @ (pictures @ into.T)) @ back.T, np.float32)


@cache
def _waves() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the blur of a column as a product: few waves are left of it, and all of them are wide."""
    kernel = cv2.getGaussianKernel(2 * round(4 * GROUND_PX) + 1, GROUND_PX)
    blur = cv2.sepFilter2D(np.eye(SIDE), -1, np.ones(1), kernel)
    left, strengths, right = np.linalg.svd(blur)
    back = left[:, :_WAVES] * strengths[:_WAVES]
    return right[:_WAVES].astype(np.float32), back.astype(np.float32)


def shown_by(shares: Matrix, scale: float) -> NDArray[np.bool_]:
    """Give the part of the known frame that the query shows.

    Where the query goes on beyond the frame, its neighbour shines through the edge: that is left out.
    """
    rim = int(np.ceil(EDGE_PX * max(1.0, scale)))
    shown = warped(np.ones((SIDE, SIDE), np.float32), shares, rim) > INSIDE
    beyond = shown.copy()
    beyond[rim:-rim, rim:-rim] = False
    around = np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)
    beside = cv2.dilate(beyond.astype(np.uint8), around) > 0
    return np.asarray((shown & ~beside)[rim:-rim, rim:-rim], np.bool_)


def warped(picture: NDArray[np.float32], shares: Matrix, rim: int = 0) -> NDArray[np.float32]:
    """Lay a picture of the query into the known frame, with some pixels around it."""
    side = SIDE + 2 * rim
    return np.asarray(cv2.warpAffine(picture, in_pixels(shares, rim), (side, side)), np.float32)


def in_pixels(shares: Matrix, rim: int = 0) -> Matrix:
    """Give a change of place in pixels of a reel."""
    matrix = shares.copy()
    # Shares count from the pictures' corners, pixels from their middles.
    matrix[:, 2] = shares[:, 2] * SIDE + 0.5 * shares[:, :2].sum(axis=1) - 0.5 + rim
    return matrix
