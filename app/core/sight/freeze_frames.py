"""Stretches in which the query stands still, or is zoomed into slowly, on one frame of the known item.

No line of time leads through such a stretch. It is proven as a still is, by the very moment, and only
where something moves around that moment: a room in which nothing happens looks so on any day.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.core import policy
from app.core.geometry.blocks import compare
from app.core.geometry.closeup import REACH_MS
from app.core.geometry.examination import HOPELESS_INLIERS, examine
from app.core.geometry.side import Side, Sides
from app.core.naming.transforms import UNEDITED, Transform, name_transforms
from app.core.reels.standing import Stretch, hardly_moves, standing_stretches
from app.core.sight.moment import MOVING_LEAST, Moment, looked_at
from app.core.sight.motion import motion
from app.core.sight.parting import led_through
from app.core.temporal.alignment import moments
from app.core.temporal.runs import STILL, Floats, Run, Timeline, relined
from app.core.weighing.findings import Seen
from app.core.weighing.strength import strength

STRETCHES_MOST, MOMENTS_TRIED = 4, 3
FAR_MS, FAR_TRIED = 2_000, 4
"""How far from a moment, and how often, it is asked whether its place looks the same at rest."""
DIFFERS = 0.1
"""By how much less a block agrees there that shows something else."""
NEARLY_ALL = 0.8
"""The share of a stretch that a line of time must lead through to explain it."""


def freeze_frames(kept: Sequence[Seen], scores: Floats, sides: Sides) -> list[Seen]:
    """Give what standing stretches show of the known item, where no run that was `kept` explains them.

    `scores` are the similarities of all frames (query, known).
    """
    query, known = sides
    if query.still or known.still or not all(side.sights.kept for side in sides):
        return []
    hits = scores.max(axis=1, initial=0.0) >= policy.HIT_FLOOR
    sure = led_through(filter(_is_sure, kept), query.timeline.times_ms)
    standing = standing_stretches(query, hits, ~sure)[:STRETCHES_MOST]
    free = [each for each in standing if not _explained(each, kept, sides)]
    found = [_proven(each, scores, sides) for each in free]
    return [each for each in found if each is not None]


def _is_sure(seen: Seen) -> bool:
    return policy.alerts(seen.confidence)


def _explained(stretch: Stretch, kept: Sequence[Seen], sides: Sides) -> bool:
    """Say whether a sure run leads through a stretch, and the known item hardly moves there, too."""
    query, known = sides
    start_ms, end_ms = query.timeline.times_ms[list(stretch)].tolist()
    # A slide is one frame, however long it stands.
    times_ms = query.timeline.standing()[0].times_ms
    for each in kept:
        first_ms, last_ms = max(start_ms, each.run.query_ms[0]), min(end_ms, each.run.query_ms[1])
        if _is_sure(each) and last_ms - first_ms >= NEARLY_ALL * (end_ms - start_ms):
            inside = times_ms[(times_ms >= first_ms) & (times_ms <= last_ms)]
            return hardly_moves(known, each.run.speed * inside.astype(float) + each.run.offset_ms)
    return False


def _proven(stretch: Stretch, scores: Floats, sides: Sides) -> Seen | None:
    """Look at the likest moments of the known item until one is surely shown."""
    first, last = stretch
    row = first + int(scores[first : last + 1].max(axis=1).argmax())
    for run in _moments(row, scores, sides):
        for moment in _looked_at(run, sides):
            if moment.sure and not _seen_at_rest(moment, scores[row], sides[1]):
                return _seen(run, moment, stretch, sides[0])
    return None


def _moments(row: int, scores: Floats, sides: Sides) -> list[Run]:
    query, known = sides[0].timeline, sides[1].timeline
    alone = Timeline(query.times_ms[row : row + 1], query.shots[row : row + 1], 0)
    found = moments(scores[row : row + 1], alone, known, policy.HIT_FLOOR)[:MOMENTS_TRIED]
    return [
        replace(
            run, query_rows=np.array([row]), offset_ms=run.offset_ms - float(query.times_ms[row])
        )
        for run in found
    ]


def _looked_at(run: Run, sides: Sides) -> list[Moment]:
    query, known = sides
    sights = query.sights, known.sights
    pairs = examine(run, query.fingerprint.timestamps_ms, sights, mirrored=False)
    pairs = [pair for pair in pairs if pair.inliers >= HOPELESS_INLIERS]
    strong = strength(run, (query.fingerprint, known.fingerprint), pairs)
    return looked_at(Seen(run, pairs, 0.0, (), strong), pairs, sides, REACH_MS)


def _seen_at_rest(moment: Moment, likeness: Floats, known: Side) -> bool:
    """Say whether the known item shows the same at another time, when nothing moves.

    Somebody who enters an empty room makes the moment before unlike those after it; still it is the room.
    """
    query, fit, times_ms = moment.pair.query, moment.pair.fit, known.timeline.times_ms
    if fit is None:
        return False
    far = np.flatnonzero(np.abs(times_ms - moment.pair.known_ms) >= FAR_MS)
    likest = far[np.argsort(-likeness[far], kind="stable")][:FAR_TRIED]
    for row in likest.tolist():
        picture, time_ms = known.grey(row), int(times_ms[row])
        if picture.shape == moment.pair.known.grey.shape:
            missing = compare(query.grey, picture, fit.matrix) < fit.blocks - DIFFERS
            around = motion(query.grey, picture, known.sights.around(time_ms), fit.matrix)
            if max(int(missing.sum()), around.asked) < MOVING_LEAST:
                return True
    return False


def _seen(run: Run, moment: Moment, stretch: Stretch, query: Side) -> Seen:
    """Give the stretch as a run that stays at one moment."""
    pair, rows = moment.pair, np.arange(stretch[0], stretch[1] + 1)
    line = 1.0, float(pair.known_ms - pair.query_ms)
    held = relined(replace(run, query_rows=rows), query.timeline, STILL, line)
    held = replace(held, known_ms=(pair.known_ms, pair.known_ms))
    done = (each for each in name_transforms([pair], run.speed) if each.kind not in UNEDITED)
    named = (*done, Transform("freeze_frame"))
    return Seen(held, [pair], moment.confidence, named, moment.strength)
