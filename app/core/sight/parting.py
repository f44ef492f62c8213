"""What is told of each proven run beside surer ones: no moment of the query is explained twice."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.core.temporal.overlapping import without_overlap
from app.core.temporal.runs import Ints
from app.core.weighing.findings import Seen

KEPT_OF_RUN = 0.3
"""What an earlier, surer run leaves of another one must be this share of it."""
PART_LEAST_MS = 1_000
"""Shorter parts beside the longest one are what the ends of runs are inexact by."""


def surest_first(found: Iterable[Seen]) -> list[Seen]:
    """Put in order what was proven."""
    return sorted(found, key=lambda each: each.confidence, reverse=True)


def led_through(found: Iterable[Seen], times_ms: Ints) -> NDArray[np.bool_]:
    """Say which frames of the query, by their times, some stretches lead through."""
    inside = np.zeros(len(times_ms), np.bool_)
    for first_ms, last_ms in [each.run.query_ms for each in found]:
        inside |= (times_ms >= first_ms) & (times_ms <= last_ms)
    return inside


def apart(found: Iterable[Seen], kept: Iterable[Seen] = ()) -> list[Seen]:
    """Take from each run what surer ones, or what was kept before, explain of the query already."""
    told = list(kept)
    for each in surest_first(found):
        left = without_overlap(each.run, [other.run.query_ms for other in told])
        if not left or sum(p.length_ms for p in left) < KEPT_OF_RUN * each.run.length_ms:
            continue
        longest, *others = sorted(left, key=lambda part: -part.length_ms)
        told.append(replace(each, run=longest))
        # Something else put in the middle leaves two parts; the pairs are shown once.
        told += [replace(each, run=p, pairs=[]) for p in others if p.length_ms >= PART_LEAST_MS]
    return told
