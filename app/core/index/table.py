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
    numbers: NDArray[np.int64]
    rows: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, chosen: NDArray[Any]) -> Self:
        """Keep the entries chosen by a mask or by their places."""
        return type(self)(self.values[chosen], self.numbers[chosen], self.rows[chosen])


class Table:
    """A large main block and a small tail; both sorted by value when `ordered`."""

    def __init__(self, empty: NDArray[Any], *, ordered: bool) -> None:
        self._main = Block(empty, np.empty(0, np.int64), np.empty(0, np.int32))
        self._tail = self._main
        self._new: list[Block] = []
        self._ordered = ordered

    def add(self, number: int, rows: NDArray[np.int32], values: NDArray[Any]) -> None:
        """Add one item's values."""
        if len(rows):
            self._new.append(Block(values, np.full(len(rows), number, np.int64), rows))

    def remove(self, number: int) -> None:
        """Take one item's values away."""
        self._settle()
        self._main = self._main.take(self._main.numbers != number)
        self._tail = self._tail.take(self._tail.numbers != number)

    def blocks(self) -> tuple[Block, ...]:
        """Give the blocks that hold everything, none of them empty."""
        self._settle()
        return tuple(block for block in (self._main, self._tail) if len(block))

    def _settle(self) -> None:
        if not self._new:
            return
        self._tail = self._join([self._tail, *self._new])
        self._new = []
        if len(self._tail) > max(LEAST_MERGE, len(self._main) // MERGE_SHARE):
            self._main, self._tail = (
                self._join([self._main, self._tail]),
                self._main.take(np.empty(0, np.intp)),
            )

    def _join(self, blocks: list[Block]) -> Block:
        joined = Block(
            np.concatenate([block.values for block in blocks]),
            np.concatenate([block.numbers for block in blocks]),
            np.concatenate([block.rows for block in blocks]),
        )
        if not self._ordered:
            return joined
        return joined.take(np.argsort(joined.values, kind="stable"))
