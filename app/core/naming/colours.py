"""Names changes of colour, where pictures laid over each other show the same."""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import Pixels
from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.reels.films import WHOLE, BoxShares
from app.core.reels.hidden import laid_box

GREY_SHARE = 0.3
MOSTLY = 0.9
"""Of what is nearly grey the most coloured tenth is asked."""
COLOURED_MIN = 2.0
SOFT_PX, COARSE = 15, 3.0
"""Colours are compared as softly as this, or so many pixels of the query: edges that are a little off,
and what it is too small to show, would count."""
CONTRAST = (0.5, 2.0)
DISTANT, DISTANT_LEAST = 0.25, 4.5
"""Mean distance of colours, as a share of the known picture's chroma and in Lab units.

Re-encoding leaves up to 0.1, a turn of the hue by 15° or a quarter more saturation 0.25.
"""
FAINT = 0.42
"""The same where little is coloured: there noise that was encoded leaves up to 0.38."""


def colour_change(
    pairs: Sequence[Examined], covered: Sequence[BoxShares], part: BoxShares = WHOLE
) -> Literal["greyscale", "colour"] | None:
    """Give `greyscale` or `colour`, or None where colours stayed.

    All pairs are asked together: one that is off by a moment has other colours here and there. What
    is covered, and what lies outside of the `part` of the known frame that is shown, is not asked.
    """
    asked = [_colours(pair.fit, pair, covered, part) for pair in pairs if pair.fit is not None]
    if not any(len(mine) for mine, _ in asked):
        return None
    mine, theirs = (np.concatenate(side) for side in zip(*asked, strict=True))
    # More contrast is more light and more colour alike.
    contrast = float(mine[:, 0].std() / max(theirs[:, 0].std(), 1.0))
    mine, theirs = mine[:, 1:], np.clip(contrast, *CONTRAST) * theirs[:, 1:]
    strong = [np.hypot(*side.T) for side in (mine, theirs)]
    most = [float(np.quantile(side, MOSTLY)) for side in strong]
    if most[1] > COLOURED_MIN and most[0] < GREY_SHARE * most[1]:
        return "greyscale"
    apart = np.hypot(*(mine - theirs).T)
    if apart.mean() > max(DISTANT_LEAST, DISTANT * float(strong[1].mean())):
        return "colour"
    # Where little is coloured, that is asked.
    stronger = np.maximum(*strong)
    coloured = stronger >= np.median(stronger)
    far = (
        float(np.median(apart[coloured])),
        float(np.median(apart[coloured] / stronger[coloured].clip(1))),
    )
    return "colour" if far[0] > COLOURED_MIN and far[1] > FAINT else None


def _colours(
    fit: Fit, pair: Examined, covered: Sequence[BoxShares], part: BoxShares
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give light and colour of both pictures where both show the same: each (n, 3)."""
    query, known = pair.query.pixels, pair.known.pixels
    height, width = known.shape[:2]
    scale = float(np.sqrt(abs(np.linalg.det(fit.matrix[:, :2]))))
    soft = max(SOFT_PX, round(COARSE * scale) | 1)
    laid = np.asarray(cv2.warpAffine(query, fit.matrix, (width, height)), np.uint8)
    shows = cv2.warpAffine(_uncovered(query, fit, covered), fit.matrix, (width, height))
    x, y, wide, high = part
    bottom, right = int((y + high) * height), int((x + wide) * width)
    within = np.zeros_like(shows)
    within[int(np.ceil(y * height)) : bottom, int(np.ceil(x * width)) : right] = 1
    inside = cv2.erode(shows * within, np.ones((soft, soft)), borderValue=1) > 0
    return _soft_lab(laid, soft)[inside], _soft_lab(known, soft)[inside]


def _soft_lab(pixels: Pixels, soft: int) -> NDArray[np.float64]:
    """Give light and the two colour axes around grey: (height, width, 3)."""
    softened = cv2.cvtColor(cv2.blur(pixels, (soft, soft)), cv2.COLOR_RGB2LAB)
    return np.asarray(softened.astype(np.float64) - (0, 128, 128))


def _uncovered(query: Pixels, fit: Fit, covered: Sequence[BoxShares]) -> Pixels:
    """Give 1 where the query shows something that is not covered, else 0."""
    height, width = query.shape[:2]
    shows = np.ones((height, width), np.uint8)
    for box in covered:
        x, y, wide, high = laid_box(box, mirrored=fit.mirrored)
        bottom, right = int(np.ceil((y + high) * height)), int(np.ceil((x + wide) * width))
        shows[int(y * height) : bottom, int(x * width) : right] = 0
    return shows
