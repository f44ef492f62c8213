"""PDQ hashes within 31 bits of each other, exactly, by comparing with every one."""

import numpy as np
from numpy.typing import NDArray

from app.core.index.hits import HashHits
from app.core.index.query import SearchQuery
from app.core.index.table import Block, Table
from app.core.views import FORMS

MOST_BITS = 31
"""The distance at which PDQ's authors count pictures as the same."""
LEAST_QUALITY = 50
"""Below this PDQ's authors advise to ignore a hash."""
MIRRORED = 4
"""Where a query has two forms only, the second is this one of `FORMS`."""
BLOCK = 65_536
MOST_OF_ITEM = 50
"""Hits of one query hash with one item: a static shot would hit itself thousands of times."""


class HashIndex:
    """The PDQ hashes of voting frames of sufficient quality."""

    def __init__(self) -> None:
        self._table = Table(np.empty((0, 4), np.uint64), ordered=False)

    def add(self, number: int, pdq: NDArray[np.uint8], usable: NDArray[np.bool_]) -> None:
        """Add one item's hashes."""
        rows = np.flatnonzero(usable).astype(np.int32)
        self._table.add(number, rows, _words(pdq[rows]))

    def remove(self, number: int) -> None:
        """Take one item's hashes away."""
        self._table.remove(number)

    def search(self, query: SearchQuery) -> HashHits:
        """Find known hashes near to those of the query, in every form it was hashed in."""
        forms = query.pdq_forms if query.pdq_forms.size else query.pdq[:, None]
        places = range(len(FORMS)) if forms.shape[1] == len(FORMS) else (0, MIRRORED)
        found = [HashHits.empty()]
        for row in np.flatnonzero(query.votes & (query.pdq_quality >= LEAST_QUALITY)).tolist():
            for place, words in zip(places, _words(forms[row]), strict=False):
                near = [_near(block, words, row, place) for block in self._table.blocks()]
                found += [_nearest(hits) for hits in near if len(hits)]
        return HashHits.join(found)


def _near(block: Block, words: NDArray[np.uint64], row: int, form: int) -> HashHits:
    """Compare one hash with a block, a part that stays in the cache at a time."""
    parts = (block.values[start : start + BLOCK] for start in range(0, len(block), BLOCK))
    distances = np.concatenate([_distances(part, words) for part in parts])
    hits = np.flatnonzero(distances <= MOST_BITS)
    return HashHits.make(
        query_row=np.full(len(hits), row),
        form=np.full(len(hits), form),
        number=block.numbers[hits],
        known_row=block.rows[hits],
        distance=distances[hits],
    )


def _nearest(hits: HashHits) -> HashHits:
    """Keep the nearest of one hash's hits with each item."""
    if len(hits) <= MOST_OF_ITEM:
        return hits
    ordered = hits.where(np.lexsort((hits.distance, hits.number)))
    begin = np.searchsorted(ordered.number, ordered.number, "left")
    return ordered.where(np.arange(len(ordered)) - begin < MOST_OF_ITEM)


def _distances(values: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.uint16]:
    return np.asarray(np.bitwise_count(values ^ words).sum(axis=1, dtype=np.uint16))


def _words(pdq: NDArray[np.uint8]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(pdq).view(np.uint64)
