"""A frame index in parts: full ones that only shrink, and a young one that grows.

Full parts can be written to files once and loaded as they are; each search asks every part. A
part costs about a third of a millisecond a query, so they are large.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.core.index.frames import Nearest, StorableIndex


class SegmentedIndex:
    """Parts of one kind, searched as one index."""

    def __init__(self, make: Callable[[], StorableIndex]) -> None:
        self._make = make
        self._full: list[StorableIndex] = []
        self._young = make()

    def __len__(self) -> int:
        return sum(len(part) for part in (*self._full, self._young))

    def holds_any(self, ids: NDArray[np.uint64]) -> bool:
        """Say whether a vector has one of these ids."""
        return any(part.holds_any(ids) for part in (*self._full, self._young))

    def add(self, ids: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Add vectors (n, 512); ValueError when an id is already there."""
        if any(part.holds_any(ids) for part in self._full):
            raise ValueError("an id is already in the index")
        self._young.add(ids, vectors)

    def remove(self, ids: NDArray[np.uint64]) -> None:
        """Take vectors away; ids that are not there are no error."""
        for part in (*self._full, self._young):
            part.remove(ids)

    def search(self, queries: NDArray[np.float32], most: int, threshold: float) -> Nearest:
        """Give up to `most` vectors a query whose cosine reaches the threshold."""
        parts = [part for part in self._full if len(part)]
        found = [part.search(queries, most, threshold) for part in (*parts, self._young)]
        return found[0] if len(found) == 1 else _best(found, most)

    def seal(self) -> StorableIndex:
        """Let the young part be full from now on, and give it."""
        sealed, self._young = self._young, self._make()
        self._full.append(sealed)
        return sealed

    def adopt(self, part: StorableIndex) -> None:
        """Search a full part, made before, too."""
        self._full.append(part)

    def drop(self, part: StorableIndex) -> None:
        """Search a full part no more."""
        self._full.remove(part)


def _best(found: list[Nearest], most: int) -> Nearest:
    """Keep the best hits of each query among those of several parts."""
    rows = np.concatenate([each.rows for each in found])
    ids = np.concatenate([each.ids for each in found])
    scores = np.concatenate([each.scores for each in found])
    order = np.lexsort((-scores, rows))
    rows, ids, scores = rows[order], ids[order], scores[order]
    best = np.arange(len(rows)) - np.searchsorted(rows, rows, "left") < most
    return Nearest(rows[best], ids[best], scores[best])
