"""Hashes near to others, exactly, by comparing with every one; and vPDQ's two percentages.

vPDQ compares videos by the PDQ hashes of their frames: which share of either has a near one in the
other ("vPDQ", Meta, 2022, github.com/facebook/ThreatExchange/tree/main/vpdq; its usual limits are
31 bits, a quality of 50 and 80 %).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_BITS = 31
"""The distance at which PDQ's authors count pictures as the same."""
LEAST_SHARE = 80.0
"""Percent of either video's frames from which vPDQ counts videos as the same."""
PART = 16_384
"""Hashes compared at once, so that they stay in the processor's cache."""

type Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Pairs of a hash that was asked for and a known one, by their places, and how many bits differ."""

    asked: NDArray[np.intp]
    known: NDArray[np.intp]
    bits: NDArray[np.int64]


def words(hashes: NDArray[np.uint8]) -> Words:
    """Hashes (n, 8 a word) as rows of 64-bit words."""
    return np.ascontiguousarray(hashes).view(np.uint64)


def near(known: Words, asked: Words, most_bits: int = MOST_BITS) -> Near:
    """All pairs of a hash `asked` (q, w words) and a `known` one (n, w) within `most_bits`."""
    found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]] = []
    for start in range(0, len(known), PART):
        for place, places, bits in each_near(known[start : start + PART], asked, most_bits):
            found.append((np.full(len(places), place), places + start, bits))
    if not found:
        none = np.empty(0, np.intp)
        return Near(none, none, none.astype(np.int64))
    return Near(*(np.concatenate(column) for column in zip(*found, strict=True)))


def each_near(
    known: Words, asked: Words, most_bits: int = MOST_BITS
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.int64]]]:
    """Each hash asked for, by its place, that is near to some known ones: their places and bits.

    Half of the words decide for nearly all pairs, since unrelated hashes differ in half of all bits.
    `known` is best no longer than PART.
    """
    half = max(1, known.shape[1] // 2)
    columns = [np.ascontiguousarray(known[:, place]) for place in range(half)]
    for place, one in enumerate(asked):
        apart = np.bitwise_count(columns[0] ^ one[0])
        for column, word in zip(columns[1:], one[1:half], strict=True):
            apart += np.bitwise_count(column ^ word)
        likely = np.flatnonzero(apart <= most_bits)
        if len(likely):
            bits = np.bitwise_count(known[likely] ^ one).sum(axis=1, dtype=np.int64)
            close = bits <= most_bits
            yield place, likely[close], bits[close]


def shares(query: Words, listed: Words) -> tuple[float, float]:
    """The percentage of either video's different frames that have a near one in the other."""
    query, listed = np.unique(query, axis=0), np.unique(listed, axis=0)
    if not len(query) or not len(listed):
        return 0.0, 0.0
    pairs = near(listed, query)
    of_query = 100 * len(np.unique(pairs.asked)) / len(query)
    return of_query, 100 * len(np.unique(pairs.known)) / len(listed)
