"""What the query shares with one known item by sight: aligned, proven, placed to the frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.alignment import align, moments
from app.core.closeup import PLACED_AGREEMENT, look_closer, moves_alike
from app.core.examination import Examined, Sights, examine
from app.core.findings import Seen
from app.core.fingerprint import Fingerprint
from app.core.index import HashHits
from app.core.media import MediaKind
from app.core.runs import Run, Timeline, relined, slope
from app.core.similarity import likeness, timeline
from app.core.strength import strength
from app.core.transforms import name_transforms

RUNS_PROVEN = 6
RUN_WORTH = 0.25
"""Runs with less than this share of the best run's summed similarity are chance."""
SPREAD_MS = 2_000
DRIFT_MS = 160
"""Two steps of a closer look (80 ms each): moments that drift less over a run play at normal speed."""
SPEEDS_MIN, SPEEDS_MAX = 0.4, 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two items compared."""

    fingerprint: Fingerprint
    sights: Sights

    @property
    def timeline(self) -> Timeline:
        """When its frames play."""
        return timeline(self.fingerprint)


def sight(query: Side, known: Side, hashes: HashHits, usual: NDArray[np.float64]) -> list[Seen]:
    """Give the shared stretches that are worth reporting, best aligned first."""
    alike = likeness(query.fingerprint, known.fingerprint, hashes, usual)
    one_moment = query.fingerprint.kind is MediaKind.STILL
    find = moments if one_moment else align
    runs = find(alike.scores, query.timeline, known.timeline, policy.HIT_FLOOR)
    seen = []
    for run in runs[:RUNS_PROVEN]:
        if run.weight < RUN_WORTH * runs[0].weight:
            continue
        mirrored = bool(alike.mirrored[run.query_rows, run.known_rows].mean() > 0.5)
        found = _proven(run, (query, known), alike.scores, mirrored=mirrored)
        if found.confidence >= policy.REPORTED_FROM:
            seen.append(found)
    return sorted(seen, key=_confident)[-1:] if one_moment else seen


def _confident(seen: Seen) -> float:
    return seen.confidence


def _proven(
    run: Run, sides: tuple[Side, Side], scores: NDArray[np.float64], *, mirrored: bool
) -> Seen:
    """Prove one run by its kept pictures and, where that leaves hope, by the file itself."""
    query, known = sides
    sights = (query.sights, known.sights)
    pairs = examine(run, query.fingerprint.timestamps_ms, sights, mirrored=mirrored)
    sure = _confidence(run, sides, scores, pairs)
    if sure >= policy.REPORTED_FROM:
        pairs = look_closer(run, pairs, sights)
        run = _placed(run, pairs, sides)
        sure = _confidence(run, sides, scores, pairs, moves_alike(pairs, known.sights))
    return Seen(run, pairs, sure, name_transforms(pairs, run.speed))


def _confidence(
    run: Run,
    sides: tuple[Side, Side],
    scores: NDArray[np.float64],
    pairs: list[Examined],
    moving: policy.Moving = policy.UNASKED,
) -> float:
    both = (sides[0].fingerprint, sides[1].fingerprint)
    return policy.confidence(strength(run, scores, both, pairs, moving))


def _placed(run: Run, pairs: list[Examined], sides: tuple[Side, Side]) -> Run:
    """Lay the run's line through the moments at which pictures agree."""
    exact = [pair for pair in pairs if pair.agreement >= PLACED_AGREEMENT]
    if not exact or not sides[1].sights.original:
        return run
    mine = np.array([pair.query_ms for pair in exact], np.float64)
    theirs = np.array([pair.known_ms for pair in exact], np.float64)
    speed = _speed(run, mine, theirs)
    offset = float(np.median(theirs - speed * mine))
    return relined(run, sides[0].timeline, sides[1].timeline, (speed, offset))


def _speed(run: Run, mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Give the speed of the exact moments; normal speed unless they clearly drift from it."""
    span = float(np.ptp(mine))
    if len(mine) < 3 or span < SPREAD_MS:
        off = np.abs((theirs - mine) - np.median(theirs - mine))
        return 1.0 if off.max() <= DRIFT_MS else run.speed
    found = slope(mine, theirs)
    if abs(found - 1.0) * span <= DRIFT_MS:
        return 1.0
    return found if SPEEDS_MIN <= found <= SPEEDS_MAX else run.speed
