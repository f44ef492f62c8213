"""Whether what moves agrees: the difference between a copy and another take of the same scene.

A wall, a desk and a window agree in every take from one tripod. So blocks are asked that change
over time in the video: a copy of the very moment agrees there as nearly as anywhere, another take
hardly or not.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import AGREES, Blocks, Laid, Matrix, Pixels, correlate, lay
from app.core.geometry.displacement import in_place
from app.core.geometry.examination import Examined, best_of
from app.core.geometry.sights import Sights, flipped
from app.core.weighing.confidence import UNASKED, Moving

type Mask = NDArray[np.bool_]

STILL_UNDER = 0.6
"""Mean correlation of a block with itself at other moments from which it counts as still."""
NEARLY = 0.95
"""Correlation from which a block agrees as nearly as compression lets it."""
EXACT = 0.97
"""Correlation that a block of another take does not reach but where nothing moved between the takes."""
OVERLAID_LEAST = 4
OVERLAID_STILL = 0.6
"""Of the blocks under a logo or a caption as many stand still as anywhere; a person all moves."""
OVERLAID_MOST = 0.35
"""Share of the compared blocks that may be left out: more is another picture."""


def moves_alike(pairs: list[Examined], video: Sights, *, of_query: bool) -> Moving:
    """Ask whether what moves in the video, the known item or the query, lies so in the still."""
    best = best_of(pairs)
    if best.fit is None:
        return UNASKED
    mine, theirs, matrix = best.query.grey, best.known.grey, best.fit.matrix
    if not of_query:
        return motion(mine, theirs, video.around(best.known_ms), matrix)
    others = video.around(best.query_ms)
    if best.fit.mirrored:
        others = [flipped(each) for each in others]
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
    return motion(theirs, mine, others, back)


def motion(still: Pixels, video: Pixels, others: Sequence[Pixels], matrix: Matrix) -> Moving:
    """Ask the moving blocks of a video's grey picture whether a still agrees there.

    `matrix` lays the still over the video's picture, `others` are pictures of the video at other
    moments; without any nothing is known to move. Of another size they say nothing.
    """
    others = [each for each in others if each.shape == video.shape]
    laid = lay(still, video.shape, matrix)
    area = laid.of(video)
    blocks = correlate(laid, area.picture)
    said = ~np.isnan(blocks)
    moving = said & _changes([_at_another_moment(area, each) for each in others])
    visible = said & ~_overlaid(blocks, moving)
    asked = moving & visible
    return Moving(
        compared=int(visible.sum()),
        asked=int(asked.sum()),
        agreeing=_nearness(blocks[asked]),
        exact=float((blocks[asked] > EXACT).mean()) if asked.any() else 0.0,
        clear=_nearness(blocks[visible]),
        in_place=in_place(laid, area, visible & (blocks > AGREES)),
    )


def _at_another_moment(area: Laid, other: Pixels) -> Blocks:
    return correlate(area, area.of(other).picture)


def _changes(correlations: list[Blocks]) -> Mask:
    """Say which blocks look different at the other moments; what says nothing there, has changed."""
    if not correlations:
        return np.zeros((), np.bool_)
    mean = np.mean([np.nan_to_num(each, nan=1.0) for each in correlations], axis=0)
    return np.asarray(mean < STILL_UNDER, np.bool_)


def _overlaid(blocks: Blocks, moving: Mask) -> Mask:
    """Say which blocks lie under a logo or a caption: regions that disagree though little moves there."""
    apart = blocks < AGREES
    found = np.zeros(blocks.shape, np.bool_)
    count, labels = cv2.connectedComponents(apart.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        region = labels == label
        stands = (region & ~moving).sum() >= OVERLAID_STILL * region.sum()
        if stands and region.sum() >= OVERLAID_LEAST:
            found |= region
    most = OVERLAID_MOST * (~np.isnan(blocks)).sum()
    return found if found.sum() <= most else np.zeros(blocks.shape, np.bool_)


def _nearness(blocks: Blocks) -> float:
    """Give how nearly blocks agree on the whole: 0 as chance would, 1 as copies do."""
    near = np.clip((blocks - AGREES) / (NEARLY - AGREES), 0, 1)
    return float(near.mean()) if len(near) else 0.0
