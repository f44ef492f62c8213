"""Children that are there while somebody needs them, and for a while after that."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workers.children import Children


class OnDemand:
    """Starts children for who needs them first, and ends them when nobody did for `idle_s`."""

    def __init__(self, start: Callable[[], Children], idle_s: float) -> None:
        self._start, self._idle_s = start, idle_s
        self._turn = threading.Lock()
        self._bench: Children | None = None
        self._users = 0
        self._ending: threading.Timer | None = None

    @contextmanager
    def __call__(self) -> Iterator[Children]:
        """The children, which are not ended before the block is."""
        with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            if self._bench is None:
                self._bench = self._start()
            bench = self._bench
            self._users += 1
        try:
            yield bench
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._turn:
            self._users -= 1
            self._ending = threading.Timer(self._idle_s, self._end_unused)
            self._ending.daemon = True
            self._ending.start()

    def _end_unused(self) -> None:
        with self._turn:
            if self._users == 0 and self._bench is not None:
                self._bench.close()
                self._bench = None
