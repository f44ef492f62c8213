"""Frames that stand, as slides and screens do, in the alignment of two items: they count for as long."""

import numpy as np

from app.core.temporal.runs import STANDS_MS, Floats, Ints, Timeline
from app.core.temporal.similarity import LARGE

PAIRS_MOST = 60_000_000
"""Pairs of frames up to which those that stand are given every second: recordings of two hours of slides."""
SELDOM_MOST = 3
"""Of more pairs the query's are given every two or three seconds: a run bridges no longer pauses."""


def standing(query: Timeline, known: Timeline) -> tuple[tuple[Timeline, Ints], ...]:
    """Give both sides with frames that stand given again and again, and the rows of these."""
    theirs = known.standing()
    for seldom in range(1, SELDOM_MOST + 1):
        mine = query.standing(seldom * STANDS_MS)
        if len(mine[1]) * len(theirs[1]) <= PAIRS_MOST:
            break
    return mine, theirs


def hits(similarity: Floats, floor: float, rows: Ints, columns: Ints) -> Floats:
    """Give the similarities of rows and columns, 0 under the floor."""
    found = np.where(similarity >= floor, similarity, 0.0)
    if found.shape == (len(rows), len(columns)):
        return found
    if len(rows) * len(columns) > LARGE:
        found = found.astype(np.float32)
    return found[np.ix_(rows, columns)]
