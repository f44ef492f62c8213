"""Values by item and row, growing and shrinking while they are searched."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

LEAST_MERGE = 65_536
MERGE_SHARE = 8
"""The tail is merged when it is an eighth of the whole: each value is copied few times."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Values with the number of their item and their row in it."""

    values: NDArray[Any]
    numbers: NDArray[np.uint32]
    rows: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, chosen: NDArray[Any] | slice) -> Self:
        """Keep the entries chosen by a mask, by their places or by a slice."""
        return type(self)(self.values[chosen], self.numbers[chosen], self.rows[chosen])


class Table:
    """A large main block and a small tail; both sorted by value when `ordered`.

    What was removed stays in the blocks until they are next copied: `present` tells it apart.
    """

    def __init__(self, empty: NDArray[Any], *, ordered: bool) -> None:
        self._main = Block(empty, np.empty(0, np.uint32), np.empty(0, np.int32))
        self._tail = self._main
        self._new: list[Block] = []
        self._gone: set[int] = set()
        self._ordered = ordered

    def add(
        self, numbers: NDArray[np.int64], rows: NDArray[np.int32], values: NDArray[Any]
    ) -> None:
        """Add values with their items' numbers and their rows in them."""
        if self._gone.intersection(np.unique(numbers).tolist()):
            self.settle()
            self._sweep()
        if len(rows):
            self._new.append(Block(values, numbers.astype(np.uint32), rows))

    def remove(self, number: int) -> None:
        """Take one item's values away."""
        self._gone.add(number)

    def present(self, numbers: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Say of items' numbers, found in a block, which are still there."""
        return ~np.isin(numbers, np.fromiter(self._gone, np.int64))

    def blocks(self) -> tuple[Block, ...]:
        """Give the blocks that hold everything, none of them empty."""
        self.settle()
        return tuple(block for block in (self._main, self._tail) if len(block))

    def settle(self) -> None:
        """Bring what is new into the blocks, which the next search would do."""
        if not self._new:
            return
        self._tail = self._joined([self._tail, *self._new])
        self._new = []
        if len(self._tail) > max(LEAST_MERGE, len(self._main) // MERGE_SHARE):
            self._sweep()
            self._main = self._joined([self._main, self._tail])
            self._tail = self._main.take(slice(0))

    def _sweep(self) -> None:
        """Leave what was removed out of the blocks."""
        if self._gone:
            self._main = self._main.take(self.present(self._main.numbers))
            self._tail = self._tail.take(self.present(self._tail.numbers))
            self._gone = set()

    def _joined(self, blocks: list[Block]) -> Block:
        joined = Block(
            np.concatenate([block.values for block in blocks]),
            np.concatenate([block.numbers for block in blocks]),
            np.concatenate([block.rows for block in blocks]),
        )
        if not self._ordered:
            return joined
        # A stable sort merges what is sorted already, which nearly all of it is.
        return joined.take(np.argsort(joined.values, kind="stable"))
