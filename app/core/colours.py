"""Names changes of colour, where two pictures laid over each other show the same."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.blocks import Pixels
from app.core.films import BoxShares
from app.core.hidden import mirrored_box
from app.core.proof import Fit

GREY_SHARE = 0.3
COLOURED_MIN = 2.0
SOFT_PX = 15
"""Colours are compared as softly as this: edges that are a little off would count."""
CONTRAST = (0.5, 2.0)
DISTANT, DISTANT_LEAST = 0.25, 4.5
"""Mean distance of colours, as a share of the known picture's chroma and in Lab units.

Re-encoding leaves up to 0.1, a turn of the hue by 15° or a quarter more saturation 0.25.
"""


def colour_change(
    fit: Fit, query: Pixels, known: Pixels, covered: Sequence[BoxShares]
) -> str | None:
    """Give `greyscale` or `colour`, or None where colours stayed; what is covered is not asked."""
    height, width = known.shape[:2]
    laid = np.asarray(cv2.warpAffine(query, fit.matrix, (width, height)), np.uint8)
    shows = cv2.warpAffine(_uncovered(query, fit, covered), fit.matrix, (width, height))
    inside = cv2.erode(shows, np.ones((SOFT_PX, SOFT_PX), np.uint8), borderValue=1) > 0
    if not inside.any():
        return None
    mine, theirs = (_soft_lab(pixels)[inside] for pixels in (laid, known))
    # More contrast is more light and more colour alike.
    contrast = float(mine[:, 0].std() / max(theirs[:, 0].std(), 1.0))
    theirs *= np.clip(contrast, *CONTRAST)
    mine, theirs = mine[:, 1:], theirs[:, 1:]
    chroma = [float(np.hypot(*side.T).mean()) for side in (mine, theirs)]
    if chroma[1] > COLOURED_MIN and chroma[0] < GREY_SHARE * chroma[1]:
        return "greyscale"
    apart = np.hypot(*(mine - theirs).T)
    if apart.mean() > max(DISTANT_LEAST, DISTANT * chroma[1]):
        return "colour"
    # Where little is coloured, that is asked.
    strong = np.maximum(np.hypot(*mine.T), np.hypot(*theirs.T))
    coloured = strong >= np.median(strong)
    far = (
        float(np.median(apart[coloured])),
        float(np.median(apart[coloured] / strong[coloured].clip(1))),
    )
    return "colour" if far[0] > COLOURED_MIN and far[1] > DISTANT else None


def _soft_lab(pixels: Pixels) -> NDArray[np.float64]:
    """Give light and the two colour axes around grey: (height, width, 3)."""
    soft = cv2.cvtColor(cv2.blur(pixels, (SOFT_PX, SOFT_PX)), cv2.COLOR_RGB2LAB)
    return np.asarray(soft.astype(np.float64) - (0, 128, 128))


def _uncovered(query: Pixels, fit: Fit, covered: Sequence[BoxShares]) -> Pixels:
    """Give 1 where the query shows something that is not covered, else 0."""
    height, width = query.shape[:2]
    shows = np.ones((height, width), np.uint8)
    for box in covered:
        x, y, wide, high = mirrored_box(box) if fit.mirrored else box
        bottom, right = int(np.ceil((y + high) * height)), int(np.ceil((x + wide) * width))
        shows[int(y * height) : bottom, int(x * width) : right] = 0
    return shows
