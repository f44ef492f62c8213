"""What the frames of a query score on material that it is unlikely to be a copy of."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.index import FrameHits
from app.core.temporal.similarity import ALIKE_FROM, Floats, firsts

COPIES_SPARED = 10
"""So many items may be copies of one clip before the others are taken for background."""
RANKS = 3
MOST = 0.3
"""Never subtract more."""
LOOKED_AT_FROM = 0.4
"""Background that scores so much may be copies, too: unrelated frames seldom reach it."""


def background(hits: FrameHits, frames: int, known: Callable[[int], Fingerprint]) -> Floats:
    """Give what each query frame scores on background, 0 where nothing tells.

    The mean of the three scores after the ten best items (as in the VSC 2022 winners'
    normalisation, with the library itself as background). A clip that went viral is known many times
    over: where these items show the same picture as the best one does, they are no background.
    """
    result = np.zeros(frames)
    order = np.lexsort((-hits.score, hits.number, hits.query_row))
    best = order[firsts(hits.query_row[order], hits.number[order])]
    best = best[np.lexsort((-hits.score[best], hits.query_row[best]))]
    rows = hits.query_row[best]
    starts = np.flatnonzero(firsts(rows))
    counts = np.diff(starts, append=len(rows))
    enough = starts[counts >= COPIES_SPARED + RANKS]
    ranked = best[enough[:, None] + COPIES_SPARED + np.arange(RANKS)]
    means = hits.score[ranked].mean(axis=1).astype(np.float64)
    for place in np.flatnonzero(means >= LOOKED_AT_FROM):
        if _are_copies(hits, best[enough[place] :][: COPIES_SPARED + RANKS], known):
            means[place] = 0.0
    result[rows[enough]] = np.minimum(means, MOST)
    return result


def _are_copies(
    hits: FrameHits, ranked: NDArray[np.intp], known: Callable[[int], Fingerprint]
) -> bool:
    """Say whether most of the items after the ten best show the same picture as one of those."""
    shown = np.array(
        [
            known(int(hits.number[each])).descriptors[hits.known_row[each]].astype(np.float32)
            for each in ranked
        ]
    )
    likest = (shown[COPIES_SPARED:] @ shown[:COPIES_SPARED].T).max(axis=1)
    return bool(np.mean(likest >= ALIKE_FROM) > 0.5)
