"""Adjusts how one picture lies on another by their brightness, where key points alone place it roughly."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import Blocks, Matrix, Pixels, compare
from app.core.geometry.examination import Examined
from app.core.geometry.joining import joined
from app.core.geometry.proof import plausible

SIDE_PX = 320
"""The known picture's longer side while it is adjusted: a third of a pixel there is one of a frame."""
TURNS, SOFT_PX = 30, 5
OVERLAID_UNDER = 0.3
"""Correlation of a block under which it shows something else, a caption or a logo, and is left out."""


def adjusted(pair: Examined) -> Examined:
    """Give the pair as its pictures lie best; as it was where that lets no more of them agree.

    All of the picture is asked first, then only what the query is known to show: a caption or a
    logo would draw the rest after it.
    """
    if pair.fit is None:
        return pair
    query, known, fits = pair.query.grey, pair.known.grey, [pair.fit]
    for mask in (np.ones_like(pair.fit.blocks, np.bool_), _shows(pair.fit.blocks)):
        matrix = _aligned(query, known, pair.fit.matrix, mask)
        if matrix is not None and plausible(matrix):
            fits.append(replace(pair.fit, matrix=matrix, blocks=compare(query, known, matrix)))
    best = max(fits, key=lambda fit: fit.likeness)
    return pair if best is pair.fit else replace(pair, fit=best)


def _shows(blocks: Blocks) -> NDArray[np.bool_]:
    """Say which blocks of the known picture the query shows, at least roughly."""
    return np.asarray(~(blocks < OVERLAID_UNDER), np.bool_)


def _aligned(
    query: Pixels, known: Pixels, matrix: Matrix, shows: NDArray[np.bool_]
) -> Matrix | None:
    """Join the pictures by their brightness, where the query shows the known one."""
    size = min(1.0, SIDE_PX / max(known.shape))
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    theirs, mine = _resized(known, size), _resized(query, min(1.0, size * zoom))
    scales = (_scale(mine, query), _scale(theirs, known))
    start = cv2.invertAffineTransform(_scaled(matrix, *scales)).astype(np.float32)
    there = cv2.resize(shows.astype(np.uint8), theirs.shape[::-1], interpolation=cv2.INTER_NEAREST)
    mask = cv2.warpAffine(there, start, mine.shape[::-1], flags=cv2.INTER_NEAREST, borderValue=1)
    joint = joined(mine, theirs, start, np.asarray(mask, np.uint8), turns=TURNS, soft_px=SOFT_PX)
    if joint is None:
        return None
    found = np.asarray(cv2.invertAffineTransform(joint[1].astype(np.float64)), np.float64)
    return _scaled(found, 1 / scales[0], 1 / scales[1])


def _resized(picture: Pixels, scale: float) -> Pixels:
    height, width = picture.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _scale(small: Pixels, large: Pixels) -> NDArray[np.float64]:
    """Give by how much a picture was resized across and down."""
    return np.array([small.shape[1] / large.shape[1], small.shape[0] / large.shape[0]])


def _scaled(matrix: Matrix, query: NDArray[np.float64], known: NDArray[np.float64]) -> Matrix:
    """Give the change of place between pictures resized by these scales."""
    turned = matrix[:, :2]
    # Pixels count from their middles.
    moved = matrix[:, 2] + turned @ (0.5 / query - 0.5) + 0.5
    return np.column_stack([known[:, None] * turned / query, known * moved - 0.5])
