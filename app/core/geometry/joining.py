"""Joins two pictures by their brightness: the change of place along which they correlate most."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import Pixels

PRECISION = 1e-4

type Warp = NDArray[np.float32]


def joined(
    query: Pixels, known: Pixels, start: Warp, mask: Pixels, *, turns: int, soft_px: int
) -> tuple[float, Warp] | None:
    """Give the correlation that is reached and the change of place (2×3) from known to query pixels.

    Enhanced correlation over affine changes (Evangelidis and Psarakis, 2008), from `start` on, where
    `mask` of the query is not 0; None where the pictures have too little in common to converge.
    """
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, turns, PRECISION)
    try:
        likeness, found = cv2.findTransformECC(
            known, query, start, cv2.MOTION_AFFINE, criteria, mask, soft_px
        )
    except cv2.error:
        return None
    return likeness, np.asarray(found, np.float32)
