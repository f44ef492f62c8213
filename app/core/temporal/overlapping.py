"""What is left of a run beside better ones that explain the same stretch of the query."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from app.core.temporal.runs import Run


def without_overlap(run: Run, taken_ms: Iterable[tuple[int, int]]) -> list[Run]:
    """Give the stretches of a run that those of the query leave which are taken, in order."""
    parts = [run.query_ms]
    for first, last in [taken for taken in taken_ms if taken[0] < taken[1]]:
        sides = [
            side
            for start, end in parts
            for side in ((start, min(end, first)), (max(start, last), end))
        ]
        # What lasts no time, as a still does, is left whole or not at all.
        parts = [side for side in sides if side[0] < side[1] or side == run.query_ms]
    return [_within(run, part) for part in parts]


def _within(run: Run, query_ms: tuple[int, int]) -> Run:
    """Give a run the ends that it has in a part of its stretch of the query."""
    if query_ms == run.query_ms:
        return run
    if run.stands:
        return replace(run, query_ms=query_ms)
    # Ends are whole ms: at another speed one of them may be a little outside of the known item.
    shown = np.clip([run.speed * time_ms + run.offset_ms for time_ms in query_ms], *run.known_ms)
    first, last = sorted(round(each) for each in shown.tolist())
    return replace(run, query_ms=query_ms, known_ms=(first, last))
