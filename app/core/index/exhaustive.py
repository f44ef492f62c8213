"""The frame index as a plain product in NumPy: slow, exact, what the others are held against."""

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import DIMENSION
from app.core.index.frames import Nearest, flatten

CHUNK = 256


class ExhaustiveIndex:
    """Every vector as float32; every search looks at all of them."""

    def __init__(self) -> None:
        self._ids = np.empty(0, np.uint64)
        self._vectors = np.empty((0, DIMENSION), np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def holds_any(self, ids: NDArray[np.uint64]) -> bool:
        """Say whether a vector has one of these ids."""
        return bool(np.isin(ids, self._ids).any())

    def add(self, ids: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Add vectors (n, 512); ValueError when an id is already there."""
        if len(np.unique(ids)) < len(ids) or self.holds_any(ids):
            raise ValueError("an id is already in the index")
        self._ids = np.concatenate([self._ids, ids])
        self._vectors = np.concatenate([self._vectors, vectors])

    def remove(self, ids: NDArray[np.uint64]) -> None:
        """Take vectors away; ids that are not there are no error."""
        kept = ~np.isin(self._ids, ids)
        self._ids, self._vectors = self._ids[kept], self._vectors[kept]

    def search(self, queries: NDArray[np.float32], most: int, threshold: float) -> Nearest:
        """Give up to `most` vectors a query whose cosine reaches the threshold."""
        k = min(most, len(self))
        ids = np.empty((len(queries), k), np.uint64)
        scores = np.empty((len(queries), k), np.float32)
        for start in range(0, len(queries), CHUNK):
            cosines = queries[start : start + CHUNK] @ self._vectors.T
            best = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
            ids[start : start + CHUNK] = self._ids[best]
            scores[start : start + CHUNK] = np.take_along_axis(cosines, best, axis=1)
        return flatten(ids, scores, threshold)
