"""Whether what moves agrees: the difference between a copy and another take of the same scene.

A wall, a desk and a window agree in every take from one tripod. So blocks are asked that change
over time, in the known item and in the query: in a copy they agree at the very moment, in another
take they do not, and under a logo or a caption the query does not change and is not asked. All
pairs are laid over each other by one change of place: an edit stays, a second camera wanders.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.blocks import AGREES, Blocks, Laid, Matrix, Pixels, correlate, lay
from app.core.confidence import Moving

STILL_UNDER = 0.6
"""Mean correlation of a block with itself at other moments from which it counts as still."""


def motion(
    queries: Sequence[Pixels],
    known: Sequence[Pixels],
    others: Sequence[Pixels],
    matrix: Matrix,
) -> Moving:
    """Ask the moving blocks of aligned grey pictures (queries[i] shows known[i]).

    `others` are further pictures of the known item, at other moments than `known`. A single
    query picture (a still) cannot say what moves in it: then the known item decides alone.
    """
    laid = [lay(picture, known[0].shape, matrix) for picture in queries]
    compared, asked, agreeing = 0, 0, 0
    for place, (mine, theirs) in enumerate(zip(laid, known, strict=True)):
        blocks = correlate(mine, mine.of(theirs).picture)
        moments = [*(each for n, each in enumerate(known) if n != place), *others]
        moving = ~np.isnan(blocks) & _changes([_known(mine, theirs, each) for each in moments])
        if len(laid) > 1:
            moving &= _changes(
                [correlate(mine, each.picture) for n, each in enumerate(laid) if n != place]
            )
        compared += int((~np.isnan(blocks)).sum())
        asked += int(moving.sum())
        agreeing += int((blocks[moving] > AGREES).sum())
    return Moving(compared, asked, agreeing / asked if asked else 0.0)


def _known(area: Laid, picture: Pixels, other: Pixels) -> Blocks:
    return correlate(area.of(picture), area.of(other).picture)


def _changes(correlations: list[Blocks]) -> NDArray[np.bool_]:
    """Say which blocks look different at the other moments; what says nothing there, has changed."""
    if not correlations:
        return np.zeros((), np.bool_)
    mean = np.mean([np.nan_to_num(each, nan=1.0) for each in correlations], axis=0)
    return np.asarray(mean < STILL_UNDER, np.bool_)
