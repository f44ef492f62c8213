"""Lays the two films of a run over each other: places it, and says how well they run together."""

from dataclasses import dataclass, replace

from app.core import policy
from app.core.fingerprints.reel import Stretch
from app.core.geometry.closeup import FAR_MS, NARROW_MS, look_closer
from app.core.geometry.examination import Examined, best_of
from app.core.geometry.side import Sides
from app.core.geometry.ways import WEAK_INLIERS, steady, ways_to_lie
from app.core.reels.between import Line
from app.core.reels.course import Course, course, stretches
from app.core.reels.extent import extent
from app.core.reels.films import AS_IT_IS, Overlay, shares_of
from app.core.reels.framing import cut_by_neighbour
from app.core.reels.lines import REACH_MS
from app.core.reels.refinement import refined
from app.core.temporal.runs import Run, placed, shown_until
from app.core.weighing.confidence import confidence
from app.core.weighing.findings import Seen

WORTH_A_LOOK = 15
"""Key points on one change of place from which the very moment is looked for."""
FURTHER_MS = 30_000.0
"""How far the moment is looked for where descriptors say little about when."""
WAYS_TRIED = 3
"""Ways in which the examined pairs lie that are tried, the way of most pairs first."""
RUNS_TOGETHER = 0.6
"""Correlation of what moves from which the change of place is right."""
PLACED_WELL = 0.2
"""Correlation of what moves from which the line of time is right."""
ROUGHLY = 0.1
"""Correlation of what moves from which a change of place is worth making more exact."""
MOSTLY = 0.8
"""Share of its length that a run must keep for what was measured over all of it to count."""
AS_GOOD = 0.005
"""A difference between correlations that says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A run, how the query lies on the known picture all along and what is hidden there."""

    seen: Seen
    overlay: Overlay | None = None

    @property
    def motion(self) -> float:
        """How well what moves agrees; 0 where nothing could be laid over each other."""
        along = self.seen.strength.course
        return along.motion if along else 0.0

    @property
    def settled(self) -> bool:
        """Whether no other way need be tried: other footage may run together for a moment, by chance."""
        return self.motion >= RUNS_TOGETHER and self.seen.confidence >= policy.REPORTED_FROM


def sureness(laid: Laid) -> float:
    """Give what decides between ways to lay a run."""
    return laid.seen.confidence


def lay_together(seen: Seen, sides: Sides) -> Laid:
    """Place the run by what moves in both reels; say how well they run together, and what is hidden.

    Before a moving camera, kept pictures half a second apart lie differently than those of the very
    moment: where the reels do not run together, the moment is looked for in the known item's file.
    """
    tried = [Laid(seen)]
    for pair in ways_to_lie(seen.pairs)[:WAYS_TRIED]:
        tried.append(_along(seen, sides, pair))
        if tried[-1].settled:
            return tried[-1]
    surest = max(tried[1:] or tried, key=sureness)
    best = best_of(seen.pairs) if seen.pairs else None
    if best is not None and best.inliers >= WORTH_A_LOOK and not steady(seen.pairs):
        well = surest.motion >= PLACED_WELL
        run, reach_ms = (surest.seen.run, NARROW_MS) if well else (seen.run, FAR_MS)
        closer = look_closer(run, [best], (sides[0].sights, sides[1].sights), reach_ms)
        surest = max(
            surest, _along(replace(seen, run=run, pairs=closer), sides, closer[0]), key=sureness
        )
    if surest.settled:
        return surest
    nothing_further = seen.run.reaches_all(sides[1].timeline, REACH_MS)
    # Most copies show the whole frame, though a pair may say otherwise.
    overlays = [(Overlay.of(AS_IT_IS, mirrored=mirrored), REACH_MS) for mirrored in (False, True)]
    if best is not None and best.inliers >= WEAK_INLIERS and not nothing_further:
        # Where little changes every moment looks like this one, though one held by hand lies aside of it.
        mirrored = best.fit is not None and best.fit.mirrored
        overlays += [(overlay_of(best), FURTHER_MS), (overlays[mirrored][0], FURTHER_MS)]
    others = (lay_on(overlay, seen, sides, reach_ms) for overlay, reach_ms in overlays)
    return max([surest, *others], key=sureness)


def _along(seen: Seen, sides: Sides, pair: Examined) -> Laid:
    """Lay the reels over each other as a pair lies."""
    return lay_on(overlay_of(pair), seen, sides)


def lay_on(overlay: Overlay | None, seen: Seen, sides: Sides, reach_ms: float = REACH_MS) -> Laid:
    """Lay the reels over each other in one way; the line of time is looked for as far as `reach_ms`."""
    if overlay is None:
        return Laid(seen)
    laid, line = Laid(seen), seen.run.line
    while True:
        reels = sides[0].reel, sides[1].reel
        films = stretches(line, laid.seen.run.query_ms, reels, reach_ms)
        overlay, along = laid_best(line, films, overlay, reach_ms=reach_ms)
        if along is None:
            return laid
        before, line, reach_ms = laid.seen.run, along.line, REACH_MS
        laid = lay_along(laid.seen, sides, overlay, along)
        if not narrowed(laid.seen.run, before):
            return laid


def narrowed(run: Run, before: Run) -> bool:
    """Say whether a run lost so much that what was measured over all of it says little."""
    return run.length_ms < MOSTLY * before.length_ms


def laid_best(
    line: Line,
    films: tuple[Stretch, Stretch],
    overlay: Overlay,
    enough: float = RUNS_TOGETHER,
    reach_ms: float = REACH_MS,
) -> tuple[Overlay, Course | None]:
    """Give the course of two films, and the change of place made more exact where that helps.

    From a motion of `enough` no better one is looked for.
    """
    along = course(line, films, overlay, reach_ms)
    if along is None:
        return overlay, None
    whole = overlay.whole()
    straight = course(line, films, whole, reach_ms) if whole else None
    if whole and straight and straight.motion > along.motion - AS_GOOD:
        overlay, along = whole, straight
    if ROUGHLY <= along.motion < enough:
        better = refined(overlay, along.line, films)
        again = course(line, films, better) if better else None
        if better and again and again.motion > along.motion + AS_GOOD:
            return better, again
    return overlay, along


def lay_along(seen: Seen, sides: Sides, overlay: Overlay, along: Course) -> Laid:
    """Give the run its ends along a course, and say what the query hides there."""
    query, known = sides
    reach = extent(along.line, seen.run.query_ms, (query.reel, known.reel), overlay)
    strong = replace(seen.strength, course=along)
    if reach is None:
        return Laid(replace(seen, strength=strong, confidence=confidence(strong)))
    end_ms = end_of(reach.end_ms, along.line, sides)
    run = placed(seen.run, known.timeline, along.line, (reach.start_ms, end_ms))
    strong = replace(strong, alike=reach.agreement, length_ms=run.length_ms)
    sure = replace(seen, run=run, strength=strong, confidence=confidence(strong))
    return Laid(sure, cut_by_neighbour(overlay.without(reach.hidden)))


def end_of(end_ms: int, line: Line, sides: Sides) -> float:
    """Give where a stretch along a line ends: what reaches the last picture lasts as long as that."""
    query, known = sides
    if end_ms < query.reel.times_ms[-1]:
        return end_ms
    until_ms = shown_until(query.timeline, known.timeline, line)
    return min(query.timeline.duration_ms, max(end_ms, until_ms))


def overlay_of(pair: Examined) -> Overlay | None:
    """Give how the query lies on the known picture in one pair."""
    if pair.fit is None:
        return None
    shares = shares_of(pair.fit.matrix, pair.query.pixels.shape, pair.known.pixels.shape)
    return Overlay.of(shares, mirrored=pair.fit.mirrored)
