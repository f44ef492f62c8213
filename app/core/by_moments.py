"""Footage whose framing moves, as a cut that follows somebody: proven moment by moment, as stills are.

No single way to lay one film over the other holds all along then. But each picture lies on the frame of
its moment; and those of another take, where they are alike at all, do not follow one line of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from app.core import policy
from app.core.adjusting import adjusted
from app.core.between import Line
from app.core.closeup import NARROW_MS, REACH_MS, look_closer, moves_alike
from app.core.confidence import Strength, confidence
from app.core.examination import HOPELESS_INLIERS, Examined, examine
from app.core.findings import Seen
from app.core.laying import Laid, Side, sureness
from app.core.policy import Grade
from app.core.runs import Run, placed
from app.core.strength import strength

ALIKE_FROM = 0.7
"""Agreement of kept pictures, up to half a second apart, from which the very moments are looked for."""
SURE = 0.9
MOMENTS_LEAST = 3
ON_LINE_MS = 200
"""By how much moments may lie beside one line of time: frames are read 80 ms apart, and little may move."""
HALVES = 2
"""Parts of a run of which some moments each are looked at."""
SHOWN_LEAST = 0.8
"""Share of a run that must be proven already for it to be left alone."""
ROUGHLY_MS = 400
"""The same before the line is known."""
BEYOND_MS = 1_000
"""How far beyond the first and the last moment the footage is taken to go on: half-way to what failed."""

type Sides = tuple[Side, Side]


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """A picture on the frame of its moment, and what that says."""

    pair: Examined
    strength: Strength

    @property
    def sure(self) -> bool:
        """Whether it is surely the same moment."""
        return confidence(self.strength) >= SURE

    def off_ms(self, speed: float) -> float:
        """Give the offset of the line of time of some speed on which it lies."""
        return self.pair.known_ms - speed * self.pair.query_ms


def lay_by_moments(laid: Laid, found: Seen, sides: Sides) -> Laid:
    """Look at some moments of an unsure run, each for itself; gives the surer of both.

    `found` is the run as it was before anything was laid over each other.
    """
    told = laid.seen.run.length_ms >= SHOWN_LEAST * found.run.length_ms
    if told and policy.grade(laid.seen.confidence) is Grade.CERTAIN:
        return laid
    worth = [pair for pair in found.pairs if _is_worth_a_look(pair)]
    worth.sort(key=lambda pair: -pair.strength)
    if len(worth) < 2:
        return laid
    first = _sure(found.run, worth[:2], sides, REACH_MS)
    if not first:
        return laid
    line = _line([*first, *_sure(found.run, worth[2:], sides, REACH_MS)], found.run.speed)
    run = placed(found.run, sides[1].timeline, line, found.run.query_ms)
    return max(laid, _proven(run, line, found, sides), key=sureness)


def _is_worth_a_look(pair: Examined) -> bool:
    return pair.inliers >= HOPELESS_INLIERS and pair.agreement >= ALIKE_FROM


def _sure(run: Run, pairs: Sequence[Examined], sides: Sides, reach_ms: int) -> list[_Moment]:
    """Look at each pair for itself; gives those that are surely of one moment."""
    query, known = sides
    moments = []
    for pair in pairs:
        (closer,) = look_closer(run, [pair], (query.sights, known.sights), reach_ms)
        closer = adjusted(closer)
        strong = strength(run, (query.fingerprint, known.fingerprint), [closer])
        moving = moves_alike([closer], known.sights, of_query=False)
        strong = replace(strong, still=True, similarity=pair.similarity, moving=moving)
        moments.append(_Moment(closer, strong))
    return [each for each in moments if each.sure]


def _line(moments: Sequence[_Moment], speed: float) -> Line:
    """Give the line that most moments lie on, at normal speed if that is no worse."""
    lines = [(way, each.off_ms(way)) for way in (1.0, speed) for each in moments]
    return max(lines, key=lambda line: len(_on(line, moments, ROUGHLY_MS)))


def _on(line: Line, moments: Sequence[_Moment], reach_ms: float) -> list[_Moment]:
    return [each for each in moments if abs(each.off_ms(line[0]) - line[1]) <= reach_ms]


def _pairs(run: Run, line: Line, found: Seen, sides: Sides) -> list[Examined]:
    """Give aligned pairs all along a line."""
    query, known = sides
    mirrored = any(pair.fit.mirrored for pair in found.pairs if pair.fit)
    times_ms = query.fingerprint.timestamps_ms
    wanted = line[0] * times_ms[run.query_rows] + line[1]
    near = np.abs(known.fingerprint.timestamps_ms - wanted[:, None]).argmin(axis=1)
    pairs: list[Examined] = []
    for part in np.array_split(np.arange(len(near)), min(HALVES, len(near))):
        some = replace(
            run, query_rows=run.query_rows[part], known_rows=near[part], scores=run.scores[part]
        )
        pairs += examine(some, times_ms, (query.sights, known.sights), mirrored=mirrored)
    return pairs


def _proven(run: Run, line: Line, found: Seen, sides: Sides) -> Laid:
    """Look at moments all along a line."""
    moments = _sure(run, _pairs(run, line, found, sides), sides, NARROW_MS)
    offset_ms = median(each.off_ms(line[0]) for each in moments) if moments else line[1]
    told = _on((line[0], offset_ms), moments, ON_LINE_MS)
    if len(told) < MOMENTS_LEAST:
        return Laid(replace(found, confidence=0.0))
    at = [each.pair.query_ms for each in told]
    reach = max(run.query_ms[0], min(at) - BEYOND_MS), min(run.query_ms[1], max(at) + BEYOND_MS)
    middle = sorted((each.strength for each in told), key=confidence)[len(told) // 2]
    seen = Seen(
        placed(run, sides[1].timeline, (line[0], offset_ms), reach),
        [each.pair for each in told],
        confidence(middle),
        (),
        middle,
    )
    return Laid(seen)
