"""Notices that the clock was set back: what was promised for a time before that may then be far ahead."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from app import db

TOLERANCE = timedelta(seconds=5)


class Watch:
    """Compares this machine's clock with the time that has really passed."""

    def __init__(self, clock: Callable[[], datetime] = db.now) -> None:
        self._clock = clock
        self._seen: tuple[datetime, float] | None = None

    def was_set_back(self) -> bool:
        """Whether the clock was set back since this was asked last.

        True the first time, too: nobody knows what it showed before this process started.
        """
        at, ticks = self._clock(), time.monotonic()
        seen, self._seen = self._seen, (at, ticks)
        if seen is None:
            return True
        return at - seen[0] < timedelta(seconds=ticks - seen[1]) - TOLERANCE
