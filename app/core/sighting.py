"""What the query shares with one known item by sight: aligned, laid over each other, placed, proven."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.alignment import align, moments
from app.core.by_moments import lay_by_moments
from app.core.confidence import confidence
from app.core.confirmation import NORMAL_SPEED, confirmed
from app.core.examination import best_of, examine
from app.core.findings import Seen
from app.core.index import HashHits
from app.core.jumps import piece_of, pieces
from app.core.laying import Laid, Side, lay_together, overlay_of
from app.core.panes import lay_in_pane
from app.core.parting import apart, surest_first
from app.core.policy import Grade
from app.core.runs import Floats, Run
from app.core.showings import showings, shown
from app.core.similarity import Likeness, likeness
from app.core.steadying import lay_held_still
from app.core.still_sighting import look_at_still
from app.core.strength import strength
from app.core.transforms import name_transforms
from app.core.unplaced import lay_by_edges

RUNS_PROVEN = 6
RUN_WORTH = 0.15
"""Runs with less than this share of the best run's summed similarity are chance."""
PICTURES = 4
"""Pairs whose edges are laid over each other."""
SURE = 0.95
"""A moment of which a still is so surely is the one; the others are not looked at."""
UNPROVEN_FROM = 0.6
"""Mean similarity from which a run is a lead without any picture; unrelated clips reach 0.52."""
DRAWN_OUT_MS = 2_000
"""How much of an aligned stretch must be unproven for its frames to be looked for elsewhere."""


def sight(query: Side, known: Side, hashes: HashHits, usual: NDArray[np.float64]) -> list[Seen]:
    """Give the shared stretches that are worth reporting, surest first."""
    alike = likeness(query.fingerprint, known.fingerprint, hashes, usual)
    sides = (query, known)
    tried = _tried(alike, sides)
    found = [each.seen for each in tried]
    if query.still:
        return surest_first(found)[:1]
    kept = apart(found)
    while any(each.was_drawn_out for each in tried):
        # What a run was drawn out over, and shows nothing of, was never looked for on a line of its own.
        tried = _tried(replace(alike, scores=_beside(kept, alike.scores, query)), sides)
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
        sure = policy.grade(self.seen.confidence) is not Grade.LEAD
        return sure and self.run.length_ms - self.seen.run.length_ms >= DRAWN_OUT_MS


def _tried(alike: Likeness, sides: tuple[Side, Side]) -> list[Tried]:
    """Align and prove; gives what is worth reporting."""
    query, known = sides
    find = moments if query.still else showings if known.still else align
    runs = find(alike.scores, query.timeline, known.timeline, policy.HIT_FLOOR)
    tried = []
    for run in runs[:RUNS_PROVEN]:
        if run.weight < RUN_WORTH * runs[0].weight:
            continue
        mirrored = bool(alike.mirrored[run.query_rows, run.known_rows].mean() > 0.5)
        likest = _likest(run, alike.scores)
        found = _proven(run, sides, likest, mirrored=mirrored)
        parts = [] if query.still or known.still else _parts(run, found, alike.scores, sides)
        told = [each for each in parts or [found] if each.confidence >= policy.REPORTED_FROM]
        tried += [Tried(run, each) for each in told]
        if query.still and found.confidence >= SURE:
            break
    return tried


def _parts(run: Run, found: Seen, scores: Floats, sides: tuple[Side, Side]) -> list[Seen]:
    """Prove the pieces that a run with jump cuts is made of; none where they prove no more than the whole."""
    overlay = overlay_of(best_of(found.pairs)) if found.pairs else None
    if overlay is None or _runs_evenly(found):
        return []
    parts = []
    for piece in pieces(run, overlay, sides):
        part = piece_of(run, piece, scores, sides)
        # Before a wall that stands still a piece lies along all the others as well.
        mine = replace(sides[0], within_ms=piece.query_ms)
        likest = _likest(part, scores)
        parts.append(_proven(part, (mine, sides[1]), likest, mirrored=overlay.mirrored))
    surest = max((each.confidence for each in parts), default=0.0)
    return parts if surest >= found.confidence else []


def _runs_evenly(seen: Seen) -> bool:
    """Say whether a run is surely a single one: what jumps is certain at no normal speed."""
    certain = policy.grade(seen.confidence) is Grade.CERTAIN
    return certain and abs(seen.run.speed - 1) <= NORMAL_SPEED


def _beside(kept: list[Seen], scores: Floats, query: Side) -> Floats:
    """The similarities of those frames of the query that no stretch explains."""
    times = query.timeline.times_ms
    left = scores.copy()
    for each in kept:
        first_ms, last_ms = each.run.query_ms
        left[(times >= first_ms) & (times <= last_ms)] = 0.0
    return left


def _likest(run: Run, scores: Floats) -> list[tuple[int, int]]:
    """Give the frames of a run (query, known) that look most alike, whenever that is in the known item."""
    best = scores[run.query_rows].argmax(axis=1)
    rows = sorted(
        zip(run.query_rows.tolist(), best.tolist(), strict=True), key=lambda at: -scores[at]
    )
    return rows[:PICTURES]


def _proven(
    run: Run, sides: tuple[Side, Side], likest: list[tuple[int, int]], *, mirrored: bool
) -> Seen:
    """Prove one run by its kept pictures, and by the two reels or, of a still, by the file itself."""
    query, known = sides
    sights = (query.sights, known.sights)
    if not all(each.kept for each in sights):
        return _unproven(run, sides)
    if known.still and not query.still:
        run, pairs = shown(run, query.timeline, sights, mirrored=mirrored)
    else:
        pairs = examine(run, query.fingerprint.timestamps_ms, sights, mirrored=mirrored)
    strong = strength(run, (query.fingerprint, known.fingerprint), pairs)
    found = Seen(run, pairs, confidence(strong), (), strong)
    if strong.still:
        laid = Laid(look_at_still(found, sides))
    else:
        laid = lay_by_edges(lay_together(found, sides), found, sides, likest)
        laid = lay_in_pane(confirmed(laid, sides), laid, sides)
        laid = lay_by_moments(lay_held_still(laid, found, sides), found, sides)
    if laid.seen.confidence < policy.REPORTED_FROM:
        return laid.seen
    named = name_transforms(laid.seen.pairs, laid.seen.run.speed, laid.overlay)
    return replace(laid.seen, transforms=named)


def _unproven(run: Run, sides: tuple[Side, Side]) -> Seen:
    """Where no pictures are left there is no proof: very like frames on one line are a lead."""
    strong = strength(run, (sides[0].fingerprint, sides[1].fingerprint), [])
    sure = policy.LEAD_MOST * min(1.0, run.score) if run.score >= UNPROVEN_FROM else 0.0
    return Seen(run, [], sure, (), strong)
