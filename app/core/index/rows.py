"""Columns that grow row by row without being copied each time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_ROOM = 1024


class Rows:
    """Equally long columns by name, with room behind them."""

    def __init__(self, types: dict[str, tuple[str, tuple[int, ...]]]) -> None:
        self._columns = {
            name: np.empty((0, *shape), dtype) for name, (dtype, shape) in types.items()
        }
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][: self._count]

    def append(self, **columns: NDArray[Any]) -> None:
        """Add rows."""
        added = len(next(iter(columns.values())))
        for name, column in columns.items():
            self._columns[name] = self._with_room(self._columns[name], added)
            self._columns[name][self._count : self._count + added] = column
        self._count += added

    def keep(self, chosen: NDArray[np.bool_]) -> None:
        """Leave out the rows that are not chosen."""
        self._columns = {name: self[name][chosen] for name in self._columns}
        self._count = int(chosen.sum())

    def _with_room(self, column: NDArray[Any], added: int) -> NDArray[Any]:
        if self._count + added <= len(column):
            return column
        room = max(LEAST_ROOM, self._count + added + self._count // 4)
        larger = np.empty((room, *column.shape[1:]), column.dtype)
        larger[: self._count] = column[: self._count]
        return larger
