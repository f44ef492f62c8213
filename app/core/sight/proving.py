"""Proves one run of aligned frames: by its kept pictures, by the two reels, of a still by the file itself.

A run may turn out to be several, where pauses were cut out of it.
"""

from dataclasses import replace

from app.core import policy
from app.core.geometry.examination import best_of, examine
from app.core.geometry.side import Sides
from app.core.naming.transforms import name_transforms
from app.core.policy import Grade
from app.core.reels.jumps import piece_of, pieces
from app.core.sight.by_moments import lay_by_moments
from app.core.sight.confirmation import NORMAL_SPEED, confirmed
from app.core.sight.few_pictures import lay_moments
from app.core.sight.laying import WORTH_A_LOOK, Laid, lay_together, overlay_of
from app.core.sight.panes import lay_in_pane
from app.core.sight.showings import shown
from app.core.sight.slanted import lay_straight
from app.core.sight.steadying import lay_held_still
from app.core.sight.still_sighting import look_at_still
from app.core.sight.unplaced import lay_by_edges
from app.core.temporal.runs import Floats, Run
from app.core.weighing.confidence import confidence
from app.core.weighing.findings import Seen
from app.core.weighing.strength import strength

PICTURES = 4
"""Pairs whose edges are laid over each other."""
UNPROVEN_FROM = 0.6
"""Mean similarity from which a run is a lead without any picture; unrelated clips reach 0.52."""


def proven(run: Run, sides: Sides, scores: Floats, *, mirrored: bool) -> list[Seen]:
    """Give what is proven of a run: the whole, or the pieces that it is made of.

    `scores` are the similarities of all frames (query, known).
    """
    if not all(side.sights.kept for side in sides):
        return [_unproven(run, sides)]
    found = _examined(run, sides, mirrored=mirrored)
    if found.strength.still:
        return [_named(Laid(look_at_still(found, sides)))]
    laid = _laid(found, scores, sides)
    parts = _parts(run, laid.seen, scores, sides)
    return [_named(each) for each in parts or [lay_by_moments(laid, found, sides)]]


def _examined(run: Run, sides: Sides, *, mirrored: bool) -> Seen:
    """Look at the kept pictures of a run."""
    query, known = sides
    sights = query.sights, known.sights
    if known.still and not query.still:
        run, pairs = shown(run, query.timeline, sights, mirrored=mirrored)
    else:
        pairs = examine(run, query.fingerprint.timestamps_ms, sights, mirrored=mirrored)
    strong = strength(run, (query.fingerprint, known.fingerprint), pairs)
    return Seen(run, pairs, confidence(strong), (), strong)


def _laid(found: Seen, scores: Floats, sides: Sides) -> Laid:
    """Lay the reels over each other, in the way that proves most."""
    laid = lay_by_edges(lay_together(found, sides), found, sides, _likest(found.run, scores))
    laid = lay_in_pane(lay_moments(confirmed(laid, sides), found, sides), laid, sides)
    return lay_straight(lay_held_still(laid, found, sides), found, sides)


def _likest(run: Run, scores: Floats) -> list[tuple[int, int]]:
    """Give the frames of a run (query, known) that look most alike, whenever that is in the known item."""
    best = scores[run.query_rows].argmax(axis=1)
    rows = sorted(
        zip(run.query_rows.tolist(), best.tolist(), strict=True), key=lambda at: -scores[at]
    )
    return rows[:PICTURES]


def _parts(run: Run, whole: Seen, scores: Floats, sides: Sides) -> list[Laid]:
    """Prove the pieces of a run with jump cuts; none where they prove less than the whole."""
    best = best_of(whole.pairs) if whole.pairs else None
    overlay = overlay_of(best) if best and best.inliers >= WORTH_A_LOOK else None
    if overlay is None or _runs_evenly(whole):
        return []
    parts = []
    for piece in pieces(run, whole.run.line, overlay, sides):
        # Before a wall that stands still a piece lies along all the others as well.
        both = replace(sides[0], within_ms=piece.query_ms), sides[1]
        part = _examined(piece_of(run, piece, scores, sides), both, mirrored=overlay.mirrored)
        parts.append(_laid(part, scores, both))
    surest = max((each.seen.confidence for each in parts), default=0.0)
    return parts if surest >= whole.confidence else []


def _runs_evenly(seen: Seen) -> bool:
    """Say whether a run is surely a single one: what jumps is certain at no normal speed."""
    certain = policy.grade(seen.confidence) is Grade.CERTAIN
    return certain and abs(seen.run.speed - 1) <= NORMAL_SPEED


def _named(laid: Laid) -> Seen:
    """Say what was done to a run that is worth reporting."""
    if laid.seen.confidence < policy.REPORTED_FROM:
        return laid.seen
    named = name_transforms(laid.seen.pairs, laid.seen.run.speed, laid.overlay)
    return replace(laid.seen, transforms=named)


def _unproven(run: Run, sides: Sides) -> Seen:
    """Where no pictures are left there is no proof: very like frames on one line are a lead."""
    strong = strength(run, (sides[0].fingerprint, sides[1].fingerprint), [])
    sure = policy.LEAD_MOST * min(1.0, run.score) if run.score >= UNPROVEN_FROM else 0.0
    return Seen(run, [], sure, (), strong)
