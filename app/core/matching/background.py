"""What the frames of a query score on material that it is unlikely to be a copy of."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint
from app.core.index import FrameHits
from app.core.matching.candidates import firsts
from app.core.temporal.similarity import ALIKE_FROM, Floats

COPIES_SPARED = 10
"""So many items may be copies of one clip before the others are taken for background."""
RANKS = 3
MOST = 0.3
"""Never subtract more."""
ITEMS_LOOKED_AT = 60
"""Copies of what is shown come again in frame after frame, chance items do not: so many are read."""

type Known = Callable[[int], Fingerprint]
type Numbers = NDArray[np.int64]
type Vector = NDArray[np.float16]


def background(hits: FrameHits, frames: int, known: Known | None = None) -> Floats:
    """Give what each query frame scores on background, 0 where nothing tells.

    The mean of the three scores after the ten best items (as in the VSC 2022 winners'
    normalisation, with the library itself as background). A clip that went viral is known many times
    over: where most of the three show the same picture as one of the ten, they are no background.
    That is asked of `known`.
    """
    result = np.zeros(frames)
    order = np.lexsort((-hits.score, hits.number, hits.query_row))
    best = order[firsts(hits.query_row[order], hits.number[order])]
    best = best[np.lexsort((-hits.score[best], hits.query_row[best]))]
    rows = hits.query_row[best]
    starts = np.flatnonzero(firsts(rows))
    enough = starts[np.diff(starts, append=len(rows)) >= COPIES_SPARED + RANKS]
    ranked = best[enough[:, None] + np.arange(COPIES_SPARED + RANKS)]
    means = hits.score[ranked[:, COPIES_SPARED:]].mean(axis=1).astype(np.float64)
    if known is not None:
        means[_show_copies(hits.number[ranked], hits.known_row[ranked], known)] = 0.0
    result[rows[enough]] = np.minimum(means, MOST)
    return result


def _show_copies(numbers: Numbers, known_rows: Numbers, known: Known) -> list[bool]:
    """Say of frames with their ranked hits (n, 13) whether most of the last three are copies."""
    items, often = np.unique(numbers, return_counts=True)
    looked_at = items[np.argsort(-often, kind="stable")[:ITEMS_LOOKED_AT]].tolist()
    vectors = {number: known(number).descriptors for number in looked_at}
    found = []
    for ranked in zip(numbers.tolist(), known_rows.tolist(), strict=True):
        shown = [
            vectors[item][row] if item in vectors else None
            for item, row in zip(*ranked, strict=True)
        ]
        found.append(_alike(shown[COPIES_SPARED:], shown[:COPIES_SPARED]) > RANKS / 2)
    return found


def _alike(some: Sequence[Vector | None], others: Sequence[Vector | None]) -> int:
    """Count those that show the same picture as one of the others; of what is not read nothing is said."""
    first, second = (
        np.array([each for each in side if each is not None], np.float32).reshape(-1, DIMENSION)
        for side in (some, others)
    )
    return int(((first @ second.T).max(axis=1, initial=0.0) >= ALIKE_FROM).sum())
