"""A very long query by stretches: how alike all its frames are to all known ones would fill the memory."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.core.geometry.side import Side
from app.core.index import HashHits
from app.core.temporal.runs import Run
from app.core.weighing.findings import Seen

PAIRS_AT_ONCE = 60_000_000
"""Pairs of frames compared at once, of 18 bytes each: two hours with two hours."""
SHARED = 30
"""Frames that neighbouring stretches share: what is shorter is whole in one of them."""
ONE_LINE_MS = 1_000
"""Runs of neighbouring stretches whose lines lie as near to each other are one run."""

type Stretch = tuple[Side, HashHits, NDArray[np.float64]]
"""A stretch of the query, its hash hits, and what its frames score on background."""


def stretches(
    query: Side, known: Side, hashes: HashHits, background_scores: NDArray[np.float64]
) -> Iterator[Stretch]:
    """Give the query in stretches that can be compared with the known item at once, mostly in one."""
    frames = query.fingerprint.frames
    most = max(2 * SHARED, PAIRS_AT_ONCE // max(1, known.fingerprint.frames))
    if frames <= most:
        yield query, hashes, background_scores
        return
    for start in range(0, frames - SHARED, most - SHARED):
        rows = slice(start, min(frames, start + most))
        inside = hashes.where((hashes.query_row >= rows.start) & (hashes.query_row < rows.stop))
        mine = replace(inside, query_row=inside.query_row - rows.start)
        yield _stretch(query, rows), mine, background_scores[rows]


def _stretch(query: Side, rows: slice) -> Side:
    whole = query.fingerprint
    borders_ms = [*whole.timestamps_ms.tolist(), whole.duration_ms]
    some = whole.part(rows)
    votes = some.votes.copy()
    # What were seen from the first frame on would be taken to reach back to the item's beginning.
    votes[: 1 if rows.start else 0] = False
    within_ms = borders_ms[rows.start], borders_ms[rows.stop]
    return replace(query, fingerprint=replace(some, votes=votes), within_ms=within_ms)


def joined(parts: Iterable[Iterable[Seen]]) -> list[Seen]:
    """Give what was seen in all stretches, where what goes on from one to the next is one."""
    whole: list[Seen] = []
    for part in parts:
        before, whole = whole, []
        for each in part:
            same = [other for other in before if _go_on(other.run, each.run)]
            before = [other for other in before if other not in same]
            whole.append(_together([each, *same]))
        whole += before
    return whole


def _go_on(one: Run, other: Run) -> bool:
    """Say whether a run goes on in the next stretch as the other one."""
    shared = other.query_ms[0], one.query_ms[1]
    return shared[0] <= shared[1] and all(
        abs((one.speed - other.speed) * at_ms + one.offset_ms - other.offset_ms) < ONE_LINE_MS
        for at_ms in shared
    )


def _together(found: list[Seen]) -> Seen:
    surest = max(found, key=lambda each: each.confidence)
    sides = [(each.run.query_ms, each.run.known_ms) for each in found]
    query_ms, known_ms = (
        (min(span[0] for span in spans), max(span[1] for span in spans))
        for spans in zip(*sides, strict=True)
    )
    run = replace(surest.run, query_ms=query_ms, known_ms=known_ms)
    return replace(surest, run=run, pairs=[pair for each in found for pair in each.pairs])
