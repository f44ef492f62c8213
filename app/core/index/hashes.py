"""PDQ hashes within 31 bits of each other, exactly, by comparing with every one."""

import numpy as np
from numpy.typing import NDArray

from app.core.exchange.listed_hashes import LEAST_QUALITY
from app.core.exchange.near_hashes import PART, each_near, words
from app.core.fingerprints.views import FORMS
from app.core.index.hits import HashHits
from app.core.index.items import KnownItems
from app.core.index.query import SearchQuery
from app.core.index.table import Block, Table

MIRRORED = 4
"""Where a query has two forms only, the second is this one of `FORMS`."""
MOST_OF_ITEM = 50
"""Hits of one query hash with one item: a static shot would hit itself thousands of times."""


class HashIndex:
    """The PDQ hashes of voting frames of sufficient quality."""

    def __init__(self) -> None:
        self._table = Table(np.empty((0, 4), np.uint64), ordered=False)

    def add(self, items: KnownItems) -> None:
        """Add items' hashes."""
        self._table.add(items.hash_numbers, items.hash_rows, words(items.hashes))

    def remove(self, number: int) -> None:
        """Take one item's hashes away."""
        self._table.remove(number)

    def settle(self) -> None:
        """Do now what the next search would have to do first."""
        self._table.settle()

    def search(self, query: SearchQuery) -> HashHits:
        """Find known hashes near to those of the query, in every form it was hashed in."""
        forms = query.pdq_forms if query.pdq_forms.size else query.pdq[:, None]
        places = range(len(FORMS)) if forms.shape[1] == len(FORMS) else (0, MIRRORED)
        rows = np.flatnonzero(query.votes & (query.pdq_quality >= LEAST_QUALITY))
        shown = min(forms.shape[1], len(places))
        asked = words(forms[rows, :shown].reshape(-1, forms.shape[2]))
        found = [HashHits.empty()]
        for block in self._table.blocks() if len(asked) else ():
            for start in range(0, len(block), PART):
                part = block.take(slice(start, start + PART))
                found += [_hits(part, *near) for near in each_near(part.values, asked)]
        hits = HashHits.join(found)
        hits = hits.where(self._table.present(hits.number))
        return _nearest(_asked(hits, rows, np.array(places[:shown])))


def _hits(
    part: Block, asked: int, places: NDArray[np.intp], distances: NDArray[np.int64]
) -> HashHits:
    """Give what is near to one hash in a part; `query_row` is the place of the hash among all."""
    hits = HashHits.make(
        query_row=np.full(len(places), asked),
        form=np.zeros(len(places)),
        number=part.numbers[places],
        known_row=part.rows[places],
        distance=distances,
    )
    return _nearest(hits)


def _asked(hits: HashHits, rows: NDArray[np.intp], places: NDArray[np.intp]) -> HashHits:
    """Say of which frame and in which form the query's hashes were."""
    return HashHits.make(
        **hits.columns()
        | {
            "query_row": rows[hits.query_row // len(places)],
            "form": places[hits.query_row % len(places)],
        }
    )


def _nearest(hits: HashHits) -> HashHits:
    """Keep the nearest of each hash's hits with each item, by query row and form."""
    order = np.lexsort((hits.distance, hits.number, hits.form, hits.query_row))
    ordered = hits.where(order)
    same = np.ones(len(ordered), bool)
    for column in (ordered.number, ordered.form, ordered.query_row):
        same[1:] &= column[1:] == column[:-1]
    begin = np.flatnonzero(~same[1:]) + 1
    starts = np.concatenate([[0], begin]).astype(np.intp)
    group = np.searchsorted(starts, np.arange(len(ordered)), "right") - 1
    return ordered.where(np.arange(len(ordered)) - starts[group] < MOST_OF_ITEM)
