"""The frame index: nearest known frames of query vectors, completely."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

MOST_HITS = 200
"""Per query vector; 20 fill up for just the awkward queries at 10^7 frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Hits as columns: query row, id, cosine; by query row, best first."""

    rows: NDArray[np.int64]
    ids: NDArray[np.uint64]
    scores: NDArray[np.float32]


class FrameIndex(Protocol):
    """Unit vectors by id. What was added is found by the next search; nothing is overlooked."""

    def __len__(self) -> int:
        """Count the vectors."""

    def holds_any(self, ids: NDArray[np.uint64]) -> bool:
        """Say whether a vector has one of these ids."""

    def add(self, ids: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Add vectors (n, 512); ValueError when an id is already there."""

    def remove(self, ids: NDArray[np.uint64]) -> None:
        """Take vectors away; ids that are not there are no error."""

    def search(self, queries: NDArray[np.float32], most: int, threshold: float) -> Nearest:
        """Give up to `most` vectors a query whose cosine reaches the threshold."""


class StorableIndex(FrameIndex, Protocol):
    """A frame index that can be kept in a file."""

    def to_bytes(self) -> bytes:
        """Give all vectors as one value, for `from_bytes`; searches may go on meanwhile."""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` gave; BadEncoding on anything else."""


def flatten(ids: NDArray[np.uint64], scores: NDArray[np.float32], threshold: float) -> Nearest:
    """Turn a table of hits (queries, k) into columns, leaving out what is below the threshold."""
    rows, places = np.nonzero(scores >= threshold)
    return Nearest(rows, ids[rows, places], scores[rows, places])
