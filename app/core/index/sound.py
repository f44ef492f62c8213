"""Equal or nearly equal Chromaprint sub-fingerprints, by binary search in sorted values."""

from itertools import combinations

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
STEPS_AT_ONCE = 1_200
"""Two and a half minutes of sound, looked up in 30 MB of memory."""
_BITS = [1 << bit for bit in range(32)]
_FLIPS = np.array([0, *_BITS, *(one | other for one, other in combinations(_BITS, 2))], np.uint32)
"""Looked up: the value itself and all that differ from it in one or two bits. Of steps with a tenth of
their bits wrong, as behind a telephone, two bits reach three in eight, one bit one in six.
"""


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
        starts = range(0, len(items), STEPS_AT_ONCE)
        found = [
            hits
            for start in starts
            for hits in self._near(
                query, items[start : start + STEPS_AT_ONCE], MOST_HITS // len(starts)
            )
        ]
        hits = SoundHits.join([SoundHits.empty(), *found])
        return hits.where(self._table.present(hits.number))

    def _near(self, query: SearchQuery, items: NDArray[np.intp], most: int) -> list[SoundHits]:
        """Look some of the query's steps up; up to `most` hits a block."""
        values = (query.sound[items, None] ^ _FLIPS).ravel()
        items = np.repeat(items, len(_FLIPS))
        return [_equal(block, values, items, most) for block in self._table.blocks()]


def _equal(
    block: Block, values: NDArray[np.uint32], items: NDArray[np.intp], most: int
) -> SoundHits:
    """Look all values up in one sorted block."""
    first = np.searchsorted(block.values, values, "left")
    counts = np.searchsorted(block.values, values, "right") - first
    counts[counts > MOST_OCCURRENCES] = 0
    if counts.sum() > most:
        rarest = np.argsort(counts, kind="stable")
        counts[rarest[np.cumsum(counts[rarest]) > most]] = 0
    # Places first, first+1, … of every value, without a loop.
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    places = np.repeat(first, counts) + offsets
    return SoundHits.make(
        query_item=np.repeat(items, counts),
        number=block.numbers[places],
        known_item=block.rows[places],
    )
