"""Equal or nearly equal Chromaprint sub-fingerprints, by binary search in sorted values."""

import numpy as np
from numpy.typing import NDArray

from app.core.index.hits import SoundHits
from app.core.index.items import KnownItems
from app.core.index.query import SearchQuery
from app.core.index.table import Block, Table

MOST_OCCURRENCES = 256
"""A value that occurs more often in a block says little about which item it is from."""
MOST_HITS = 1_000_000
"""Of one query in a block; beyond, the values that occur most often are left out."""
_FLIPS = np.concatenate([np.zeros(1, np.uint32), np.uint32(1) << np.arange(32, dtype=np.uint32)])
"""Looked up: the value itself and all that differ from it in one bit."""


class SoundIndex:
    """The voting sub-fingerprints of all items."""

    def __init__(self) -> None:
        self._table = Table(np.empty(0, np.uint32), ordered=True)

    def add(self, items: KnownItems) -> None:
        """Add items' sound."""
        self._table.add(items.sound_numbers, items.sound_rows, items.sound)

    def remove(self, number: int) -> None:
        """Take one item's sound away."""
        self._table.remove(number)

    def settle(self) -> None:
        """Do now what the next search would have to do first."""
        self._table.settle()

    def search(self, query: SearchQuery) -> SoundHits:
        """Find where known items sound like the query."""
        items = np.flatnonzero(query.sound_votes)
        values = (query.sound[items, None] ^ _FLIPS).ravel()
        items = np.repeat(items, len(_FLIPS))
        found = [_equal(block, values, items) for block in self._table.blocks()]
        hits = SoundHits.join([SoundHits.empty(), *found])
        return hits.where(self._table.present(hits.number))


def _equal(block: Block, values: NDArray[np.uint32], items: NDArray[np.intp]) -> SoundHits:
    """Look all values up in one sorted block."""
    first = np.searchsorted(block.values, values, "left")
    counts = np.searchsorted(block.values, values, "right") - first
    counts[counts > MOST_OCCURRENCES] = 0
    if counts.sum() > MOST_HITS:
        rarest = np.argsort(counts, kind="stable")
        counts[rarest[np.cumsum(counts[rarest]) > MOST_HITS]] = 0
    # Places first, first+1, … of every value, without a loop.
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    places = np.repeat(first, counts) + offsets
    return SoundHits.make(
        query_item=np.repeat(items, counts),
        number=block.numbers[places],
        known_item=block.rows[places],
    )
