"""Footage whose framing moves, as a cut that follows somebody: proven moment by moment, as stills are.

No single way to lay one film over the other holds all along then. But each picture lies on the frame of
its moment; and those of another take, where they are alike at all, do not follow one line of time.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from app.core import policy
from app.core.geometry.closeup import NARROW_MS, REACH_MS
from app.core.geometry.examination import HOPELESS_INLIERS, Examined, examine
from app.core.geometry.side import Sides
from app.core.policy import Grade
from app.core.reels.between import Line
from app.core.sight.laying import Laid, sureness
from app.core.sight.moment import Moment, looked_at, steadied
from app.core.temporal.runs import Run, placed
from app.core.weighing.confidence import confidence
from app.core.weighing.findings import Seen

ALIKE_FROM = 0.7
"""Agreement of kept pictures, up to half a second apart, from which the very moments are looked for."""
MOMENTS_LEAST, MOSTLY = 3, 0.5
"""How many moments must be sure and on one line of time, and which share of those looked at."""
AGREES = 0.9
"""Agreement from which a picture on the line of the sure ones goes with them, though little moves in it."""
ON_LINE_MS = 200
"""By how much moments may lie beside one line of time: frames are read 80 ms apart, and little may move."""
ROUGHLY_MS = 400
"""The same before the line is known."""
BREAKS = 2
"""So many moments in a row that are not those of the line, nor surely others, end what runs on it."""
HALVES = 2
"""Parts of a run of which some moments each are looked at."""


def lay_by_moments(laid: Laid, found: Seen, sides: Sides) -> Laid:
    """Look at some moments of an unsure run, each for itself; gives the surer of both.

    `found` is the run as it was before anything was laid over each other.
    """
    if policy.grade(laid.seen.confidence) is Grade.CERTAIN:
        return laid
    worth = [pair for pair in found.pairs if _is_worth_a_look(pair)]
    worth.sort(key=lambda pair: -pair.strength)
    if len(worth) < 2:
        return laid
    sure = _sure(looked_at(found, worth[:2], sides, REACH_MS))
    if not sure:
        return laid
    sure += _sure(looked_at(found, worth[2:], sides, REACH_MS))
    line = _line(sure, found.run.speed)
    run = placed(found.run, sides[1].timeline, line, found.run.query_ms)
    proven = _proven(replace(found, run=run), sides)
    return max(laid, proven, key=sureness) if proven else laid


def _is_worth_a_look(pair: Examined) -> bool:
    return pair.inliers >= HOPELESS_INLIERS and pair.agreement >= ALIKE_FROM


def _sure(moments: Sequence[Moment]) -> list[Moment]:
    return [each for each in moments if each.sure]


def _line(moments: Sequence[Moment], speed: float) -> Line:
    """Give the line that most moments lie on, at normal speed if that is no worse."""
    lines = [(way, each.off_ms(way)) for way in (1.0, speed) for each in moments]
    return max(lines, key=lambda line: len(_on(line, moments, ROUGHLY_MS)))


def _on(line: Line, moments: Sequence[Moment], reach_ms: float) -> list[Moment]:
    return [each for each in moments if abs(each.off_ms(line[0]) - line[1]) <= reach_ms]


def _pairs(found: Seen, sides: Sides) -> list[Examined]:
    """Give aligned pairs all along a run's line."""
    query, known = sides
    run = found.run
    mirrored = any(pair.fit.mirrored for pair in found.pairs if pair.fit)
    times_ms = query.fingerprint.timestamps_ms
    near = known.timeline.nearest(run.speed * times_ms[run.query_rows] + run.offset_ms)
    pairs: list[Examined] = []
    for part in np.array_split(np.arange(len(near)), min(HALVES, len(near))):
        some = replace(
            run, query_rows=run.query_rows[part], known_rows=near[part], scores=run.scores[part]
        )
        pairs += examine(some, times_ms, (query.sights, known.sights), mirrored=mirrored)
    return pairs


def _proven(found: Seen, sides: Sides) -> Laid | None:
    """Look at moments all along a run's line; None where too few of them are sure."""
    run = found.run
    moments = looked_at(found, _pairs(found, sides), sides, NARROW_MS)
    sure = _sure(moments)
    if not sure:
        return None
    line = run.speed, median(each.off_ms(run.speed) for each in sure)
    along = [each for each in _on(line, moments, ON_LINE_MS) if each.pair.agreement >= AGREES]
    going = _unbroken(moments, [*_on(line, sure, ON_LINE_MS), *along])
    told = [each for each in going if each in sure and steadied(each, sides[1]).sure]
    if len(told) < max(MOMENTS_LEAST, MOSTLY * len(moments)):
        return None
    middle = sorted((each.strength for each in told), key=confidence)[len(told) // 2]
    placed_there = placed(run, sides[1].timeline, line, _reach(run, moments, going))
    pairs = [each.pair for each in told]
    return Laid(Seen(placed_there, pairs, confidence(middle), (), middle))


def _unbroken(moments: Sequence[Moment], told: Sequence[Moment]) -> list[Moment]:
    """Give the most of some moments with hardly any others between them.

    What goes forth and back comes past the same moments again.
    """
    parts: list[list[Moment]] = [[]]
    others = 0
    for each in sorted(moments, key=lambda moment: moment.pair.query_ms):
        if each in told:
            parts[-1].append(each)
        others = 0 if each in told else others + (not each.sure)
        if others >= BREAKS:
            parts.append([])
    return max(parts, key=len)


def _reach(run: Run, moments: Sequence[Moment], told: Sequence[Moment]) -> tuple[float, float]:
    """Give how far a run reaches: to its ends, or half-way to what does not belong to it."""
    first, last = (end(each.pair.query_ms for each in told) for end in (min, max))
    others = [each.pair.query_ms for each in moments if each not in told]
    before = max((at for at in others if at < first), default=None)
    after = min((at for at in others if at > last), default=None)
    start, end = run.query_ms
    return (
        start if before is None else (before + first) / 2,
        end if after is None else (after + last) / 2,
    )
