"""Regions of aligned pictures in which the query shows something else: a logo, a caption, a blur.

Blocks also disagree where the pictures lie a little apart, at the rim, and where compression leaves
nothing to compare. So a block is covered only if it shows clear detail that is not close by either;
or if its detail or its brightness is far from what the rest of the picture leads to expect.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import AGREES, Laid, Smooth, at_blocks, lay, side_of
from app.core.geometry.examination import Examined, best_of
from app.core.geometry.ways import lie_alike
from app.core.reels.films import BoxShares, shares_of
from app.core.reels.hidden import hidden_boxes

UNLIKE = 0.35
DETAIL = 7.0
"""Standard deviation in grey levels from which a block shows something of its own."""
FLAT = 2.0
"""Less detail than this is no picture to look for close by: a bar, a blur."""
BESIDE = 0.5
"""How far, in blocks, a picture may be moved and is not covered."""
INSIDE = 0.95
FINE = 2.0
"""Detail that a blur of so many times the usual one takes away."""
FINE_DETAIL = 3.0
DETAIL_LEFT = 0.35
FITTED_LEAST = 12
PAINTED, PAINTED_BEYOND = 50.0, 6.0
"""Grey levels, and times the usual difference, by which a block is off that was painted over."""
WHITE = 255.0
ENDS = 10.0
"""Grey levels from black and white within which blocks do not tell how light changed; less is no change."""
SPREAD = 2.0
"""Standard deviations to either side that the brightness within a block is taken to reach."""
ASIDE = 25.0
"""Grey levels by which a block that was crushed may be off from the black or white that is expected."""

type Mask = NDArray[np.bool_]


def covered(pairs: Sequence[Examined]) -> list[BoxShares]:
    """Give as boxes in the query what is covered in every pair that lies as the best one does."""
    best = best_of(pairs)
    fit = best.fit
    if fit is None:
        return []
    alike = [pair for pair in pairs if lie_alike(best, pair)]
    blocks = [_covered_blocks(pair) for pair in alike]
    hidden = np.all([each for each in blocks if each.shape == fit.blocks.shape], axis=0)
    # The last blocks may end beside the picture's edge.
    side = side_of(lay(best.query.grey, best.known.grey.shape, fit.matrix))
    ends = tuple(max(1, round(count * side)) for count in hidden.shape)
    shares = shares_of(fit.matrix, best.query.pixels.shape, ends)
    return hidden_boxes(hidden, fit.comparable, shares, mirrored=fit.mirrored)


def _covered_blocks(pair: Examined) -> Mask:
    """Say of each block of a pair whether something else is shown there."""
    if pair.fit is None:
        raise ValueError("a pair without a fit has no blocks")
    laid, blocks = lay(pair.query.grey, pair.known.grey.shape, pair.fit.matrix), pair.fit.blocks
    known = laid.of(pair.known.grey).picture
    unlike = np.nan_to_num(blocks, nan=1.0) < UNLIKE
    side = side_of(laid)
    for row, column in np.argwhere(unlike):
        middle = int(side * (row + 0.5)), int(side * (column + 0.5))
        unlike[row, column] = _shows_something_else(laid, known, middle, side)
    agrees = blocks > AGREES
    if not agrees.any():
        return np.asarray(unlike, np.bool_)
    inside = at_blocks(laid.inside, laid) >= INSIDE
    apart = _blurred(laid, known, agrees) | _painted_over(laid, known, agrees)
    hides = unlike | (inside & apart)
    return np.asarray(hides & ~_crushed(laid, known, agrees), np.bool_)


def _blurred(laid: Laid, known: Smooth, agrees: Mask) -> Mask:
    """Say which blocks have lost far more of their detail than those of the picture that agree."""
    mine, theirs = (
        at_blocks(np.abs(each - cv2.GaussianBlur(each, (0, 0), FINE * laid.blur_px)), laid)
        for each in (laid.picture, known)
    )
    left = mine / np.maximum(theirs, 1e-3)
    detailed = theirs > FINE_DETAIL
    usual = left[agrees & detailed]
    floor = DETAIL_LEFT * float(np.median(usual)) if len(usual) else 0.0
    return np.asarray(detailed & (left < floor), np.bool_)


def _painted_over(laid: Laid, known: Smooth, agrees: Mask) -> Mask:
    """Say which blocks are far brighter or darker than those that agree and were as bright."""
    mine, theirs = at_blocks(laid.picture, laid), at_blocks(known, laid)
    if agrees.sum() < FITTED_LEAST:
        return np.zeros(agrees.shape, np.bool_)
    slope, shift = np.polyfit(theirs[agrees], mine[agrees], 1)
    off = np.abs(mine - (slope * theirs + shift))
    usual = float(np.median(off[agrees]))
    return np.asarray(off > max(PAINTED, PAINTED_BEYOND * usual), np.bool_)


def _crushed(laid: Laid, known: Smooth, agrees: Mask) -> Mask:
    """Say which blocks a change of light made as white or black as can be, as it had to."""
    mine, theirs, squares = (at_blocks(each, laid) for each in (laid.picture, known, known * known))
    told = agrees & (mine > ENDS) & (mine < WHITE - ENDS)
    if told.sum() < FITTED_LEAST:
        return np.zeros(agrees.shape, np.bool_)
    slope, shift = np.polyfit(theirs[told], mine[told], 1)
    expected = slope * theirs + shift
    spread = SPREAD * slope * np.sqrt(np.maximum(squares - theirs**2, 0))
    lighter = expected - theirs
    beyond = (lighter > ENDS) & (expected + spread > WHITE)
    beyond |= (lighter < -ENDS) & (expected - spread < 0)
    return np.asarray(beyond & (np.abs(mine - expected.clip(0, WHITE)) < ASIDE), np.bool_)


def _shows_something_else(laid: Laid, known: Smooth, middle: tuple[int, int], side: float) -> bool:
    """Say whether a block that disagrees has detail of which nothing is close by."""
    block, around = (_part(middle, half) for half in (side / 2, side * (0.5 + BESIDE)))
    mine, theirs = laid.picture[block], known[block]
    if laid.inside[block].mean() < INSIDE or max(mine.std(), theirs.std()) < DETAIL:
        return False
    if min(mine.std(), theirs.std()) < FLAT:
        return True
    moved = cv2.matchTemplate(known[around], mine, cv2.TM_CCOEFF_NORMED)
    return bool(moved.max() < AGREES)


def _part(middle: tuple[int, int], half: float) -> tuple[slice, slice]:
    row, column = (slice(max(0, round(at - half)), round(at + half) + 1) for at in middle)
    return row, column
