"""The frame index on turbovec: an exhaustive scan of 4-bit codes, 261 bytes a frame.

Exhaustive because heavily edited copies lie at a cosine of 0.25 to 0.4, where graph indexes
overlook most of them. Its scores are within about ±0.01 of the true cosine. One search uses
as many threads as RAYON_NUM_THREADS says, all cores by default.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from turbovec import IdMapIndex

from app.core.errors import BadEncoding
from app.core.fingerprints.fingerprint import DIMENSION
from app.core.index.frames import Nearest, flatten

BITS = 4


class TurboIndex:
    """Codes in memory, by id; not calibrated, since SSCD is near to what the codes expect."""

    def __init__(self) -> None:
        self._index = IdMapIndex(dim=DIMENSION, bit_width=BITS)

    def __len__(self) -> int:
        return len(self._index)

    def holds_any(self, ids: NDArray[np.uint64]) -> bool:
        """Say whether a vector has one of these ids."""
        return any(map(self._index.contains, ids.tolist()))

    def add(self, ids: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Add vectors (n, 512); ValueError when an id is already there."""
        if len(ids):
            vectors = np.ascontiguousarray(vectors, np.float32)
            self._index.add_with_ids(vectors, np.ascontiguousarray(ids, np.uint64))

    def remove(self, ids: NDArray[np.uint64]) -> None:
        """Take vectors away; ids that are not there are no error."""
        for each in ids.tolist():
            self._index.remove(each)

    def search(self, queries: NDArray[np.float32], most: int, threshold: float) -> Nearest:
        """Give up to `most` vectors a query whose cosine reaches the threshold."""
        k = min(most, len(self))
        if not k or not len(queries):
            return flatten(np.empty((0, 0), np.uint64), np.empty((0, 0), np.float32), threshold)
        scores, ids = self._index.search(np.ascontiguousarray(queries, np.float32), k)
        return flatten(ids, scores, threshold)

    def to_bytes(self) -> bytes:
        """Give all vectors as one value, for `from_bytes`; searches may go on meanwhile."""
        return bytes(self._index.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` gave; BadEncoding on anything else."""
        made = cls()
        try:
            made._index = IdMapIndex.from_bytes(data)
        except (OSError, ValueError) as error:
            raise BadEncoding(f"not an index of turbovec: {error}") from error
        if (made._index.dim, made._index.bit_width) != (DIMENSION, BITS):
            raise BadEncoding("an index of other vectors")
        return made
