"""Waits for long work as long as it goes on, and not for ever."""

import time
from collections.abc import Callable

PATIENCE_S = 1800.0
LOOK_EVERY_S = 1.0


def until(
    done: Callable[[], bool],
    sign: Callable[[], object],
    patience_s: float = PATIENCE_S,
    look_every_s: float = LOOK_EVERY_S,
) -> None:
    """Wait until something is done; TimeoutError when its sign of progress stands still for too long."""
    last, since = sign(), time.monotonic()
    while not done():
        if (now := sign()) != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > patience_s:
            raise TimeoutError(f"Nothing went on for {patience_s:g} s; the last sign was {last}.")
        time.sleep(look_every_s)
