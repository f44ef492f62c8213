"""The rounds of a loop where all frames look alike, by what tells one moment from the others.

Before a camera that stands still a line through any moments passes frames that resemble each other, and
the longest of all most: what comes again and again, as a loop of a few seconds does, lies along none of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from app.core.temporal.alignment import align, usual_of
from app.core.temporal.runs import Floats, Run, Timeline
from app.core.temporal.similarity import ALIKE_FROM

TELLS_FROM = 0.7
"""Of the way from how alike a frame usually is to its likest moment: nearer to that than to the others."""
LEAST_TOLD = 0.05
"""A likest moment that is hardly liker than the usual ones is one by chance."""
ROUND_LEAST_MS = 1_000
"""Of two rounds at least so much is the same."""


def rounds(similarity: Floats, query: Timeline, known: Timeline) -> list[Run]:
    """Give runs of normal speed in which each frame is at its likest, of which some show the same.

    `similarity` is (query rows × known rows). None where few frames look alike: there the usual
    alignment finds them.
    """
    usual, likest = usual_of(similarity), similarity.max(axis=1)
    alike = usual >= ALIKE_FROM
    if alike.sum() <= len(alike) / 2:
        return []
    told = similarity - usual[:, None]
    told /= np.maximum(LEAST_TOLD, likest - usual)[:, None]
    np.clip(told, 0.0, 1.0, out=told)
    runs = align(told, query, known, TELLS_FROM, np.empty(0))
    scores = (similarity[run.query_rows, run.known_rows] for run in runs)
    found = [replace(run, scores=each) for run, each in zip(runs, scores, strict=True)]
    return found if _come_again(found) else []


def _come_again(runs: Sequence[Run]) -> bool:
    """Say whether two runs show the same of the known item."""
    return any(
        min(one.known_ms[1], other.known_ms[1]) - max(one.known_ms[0], other.known_ms[0])
        >= ROUND_LEAST_MS
        for one, other in combinations(runs, 2)
    )
