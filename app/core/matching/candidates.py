"""Which known items are worth comparing with a query, by the hits of its frames."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.index import SearchHits
from app.core.temporal.similarity import HASH_BITS, Floats

CANDIDATES_MAX = 40
FOR_THE_REST = 10
"""Of the candidates so many may be those that show what of the query no other shows as well."""
SHOWN_AS_WELL = 0.8
"""Share of a frame's best score from which an item shows it about as well as the best one does."""
HALF = 15
"""Frames of half a stretch. An item's best stretch speaks for it: all along hours of a query chance adds up
to more than a short clip shows."""


def candidates(hits: SearchHits, background_scores: Floats) -> list[int]:
    """Give the numbers of the known items worth comparing, most promising first."""
    numbers = np.concatenate([hits.frames.number, hits.hashes.number])
    rows = np.concatenate([hits.frames.query_row, hits.hashes.query_row]).astype(np.int64)
    scores = np.concatenate(
        [
            hits.frames.score - background_scores[hits.frames.query_row],
            1.0 - hits.hashes.distance / HASH_BITS,
        ]
    )
    order = np.lexsort((-scores, rows, numbers))
    best = order[firsts(numbers[order], rows[order])]
    found, items = np.unique(numbers[best], return_inverse=True)
    # Squares let a few strong frames outweigh many chance ones.
    weights = np.maximum(0.0, scores[best]) ** 2
    promise = _promise(items, rows[best], weights, len(found))
    likeliest = np.argsort(-promise, kind="stable")
    chosen = np.zeros(len(found), np.bool_)
    chosen[likeliest[: CANDIDATES_MAX - FOR_THE_REST]] = True
    if len(found) > CANDIDATES_MAX:
        _choose_for_the_rest(chosen, (items, rows[best], scores[best], weights))
    chosen[likeliest[~chosen[likeliest]][: CANDIDATES_MAX - int(chosen.sum())]] = True
    return [int(number) for number in found[likeliest[chosen[likeliest]]]]


def _choose_for_the_rest(
    chosen: NDArray[np.bool_], hits: tuple[NDArray[np.intp], NDArray[np.int64], Floats, Floats]
) -> None:
    """Choose items that show frames which those chosen so far do not: copies of one clip may be many."""
    items, rows, scores, weights = hits
    best = np.zeros(rows.max(initial=0) + 1)
    np.maximum.at(best, rows, scores)
    as_well = scores >= SHOWN_AS_WELL * best[rows]
    for _ in range(FOR_THE_REST):
        shown = np.zeros(len(best), np.bool_)
        shown[rows[as_well & chosen[items]]] = True
        promise = _promise(items, rows, np.where(shown[rows], 0.0, weights), len(chosen))
        promise[chosen] = 0.0
        if not promise.any():
            return
        chosen[promise.argmax()] = True


def _promise(
    items: NDArray[np.intp], rows: NDArray[np.int64], weights: Floats, count: int
) -> Floats:
    """Give what speaks for each item, by its frames in order: the weights of its best stretch in all."""
    halves = items * (rows.max(initial=0) // HALF + 2) + rows // HALF
    begin = np.flatnonzero(firsts(halves))
    sums = np.add.reduceat(weights, begin) if len(begin) else weights
    goes_on = np.append(np.diff(halves[begin]) == 1, np.zeros(min(1, len(begin)), np.bool_))
    best = np.zeros(count)
    np.maximum.at(best, items[begin], sums + np.where(goes_on, np.roll(sums, -1), 0.0))
    return best


def firsts(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which entries of ordered columns are not equal to the one before."""
    first = np.ones(len(columns[0]), np.bool_)
    first[1:] = np.any([each[1:] != each[:-1] for each in columns], axis=0)
    return first
