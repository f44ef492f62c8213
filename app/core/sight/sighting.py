"""What the query shares with one known item by sight: aligned, laid over each other, placed, proven."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.geometry.side import Side, Sides
from app.core.index import HashHits
from app.core.sight.freeze_frames import freeze_frames
from app.core.sight.looping import once
from app.core.sight.parting import apart, led_through, surest_first
from app.core.sight.proving import proven
from app.core.sight.showings import showings
from app.core.sight.stretches import joined, stretches
from app.core.temporal.alignment import align, moments
from app.core.temporal.rounds import rounds
from app.core.temporal.runs import Floats, Run
from app.core.temporal.similarity import Likeness, likeness
from app.core.weighing.findings import Seen

RUNS_FAILED = 6
"""So many runs that show nothing for sure are enough; those that do may be any number."""
RUN_WORTH = 0.15
"""Runs with less than this share of the summed similarity of the best that is still unsure are chance."""
SURE = 0.95
"""A moment of which a still is so surely is the one; the others are not looked at."""
DRAWN_OUT_MS = 2_000
"""How much of an aligned stretch must be unproven for its frames to be looked for elsewhere."""


def sight(
    query: Side, known: Side, hashes: HashHits, background_scores: NDArray[np.float64]
) -> list[Seen]:
    """Give the shared stretches that are worth reporting, surest first."""
    parts = [_seen(*each, known) for each in stretches(query, known, hashes, background_scores)]
    return parts[0] if len(parts) == 1 else apart(joined(parts))


def _seen(
    query: Side, hashes: HashHits, background_scores: NDArray[np.float64], known: Side
) -> list[Seen]:
    alike = likeness(query.fingerprint, known.fingerprint, hashes, background_scores)
    sides = (query, known)
    if query.still:
        return surest_first(each.seen for each in _tried(alike, sides))[:1]
    kept = _kept(alike, sides)
    held = freeze_frames(kept, alike.scores, sides)
    if held:
        # What plays beside them was laid together with what stands still.
        rest = replace(alike, scores=_beside(held, alike.scores, query))
        kept = _kept(rest, sides, held)
    return once(kept, alike.scores, sides)


def _kept(alike: Likeness, sides: Sides, held: Sequence[Seen] = ()) -> list[Seen]:
    """Give what is proven beside what is known already, and that."""
    tried = _tried(alike, sides)
    kept = apart((each.seen for each in tried), held)
    while any(each.was_drawn_out for each in tried):
        # What a run was drawn out over, and shows nothing of, was never looked for on a line of its own.
        tried = _tried(replace(alike, scores=_beside(kept, alike.scores, sides[0])), sides)
        more = apart((each.seen for each in tried), kept)
        if len(more) == len(kept):
            break
        kept = more
    return kept


@dataclass(frozen=True, slots=True)
class Tried:
    """A run as it was aligned, and what is proven of it."""

    run: Run
    seen: Seen

    @property
    def was_drawn_out(self) -> bool:
        """Whether a sure stretch is much shorter than its frames' alignment."""
        sure = policy.alerts(self.seen.confidence)
        return sure and self.run.length_ms - self.seen.run.length_ms >= DRAWN_OUT_MS


def _tried(alike: Likeness, sides: Sides) -> list[Tried]:
    """Align and prove; gives what is worth reporting."""
    query, known = sides
    find = moments if query.still else showings if known.still else align
    runs = find(alike.scores, query.timeline, known.timeline, policy.HIT_FLOOR)
    tried = _all_proven(runs, alike, sides)
    if find is align and not any(policy.alerts(each.seen.confidence) for each in tried):
        runs = rounds(alike.scores, query.timeline, known.timeline)
        tried += _all_proven(runs, alike, sides)
    return tried


def _all_proven(runs: Sequence[Run], alike: Likeness, sides: Sides) -> list[Tried]:
    """Prove runs, best first, as long as they show something; gives what is worth reporting."""
    query = sides[0]
    tried: list[Tried] = []
    best, failed = None, 0
    for run in runs:
        best = best or run
        seen: list[Seen] = []
        if run.weight >= RUN_WORTH * best.weight:
            mirrored = bool(alike.mirrored[run.query_rows, run.known_rows].mean() > 0.5)
            seen = proven(run, sides, alike.scores, mirrored=mirrored)
        tried += [Tried(run, each) for each in seen if each.confidence >= policy.REPORTED_FROM]
        if query.still and seen and seen[0].confidence >= SURE:
            break
        sure = any(policy.alerts(each.confidence) for each in seen)
        # Beside a stretch that is surely shown, however long it is, a short one is no chance.
        best = None if sure and run is best else best
        failed += not sure
        if failed == RUNS_FAILED:
            break
    return tried


def _beside(kept: Sequence[Seen], scores: Floats, query: Side) -> Floats:
    """The similarities of those frames of the query that no stretch explains."""
    left = scores.copy()
    left[led_through(kept, query.timeline.times_ms)] = 0.0
    return left
