"""What a loop shows, judged round by round: the same pictures again are no new evidence.

Each round of a loop is another chance to lie along some stretch of another take, and one of many soon does.
So a loop is as sure as most of its rounds are, each looked at for itself and whole, as if it played once.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low

from app.core import policy
from app.core.geometry.side import Sides
from app.core.reels.jumps import Piece, piece_of
from app.core.reels.repeating import Loop, loop_around
from app.core.sight.parting import surest_first
from app.core.sight.proving import proven
from app.core.temporal.runs import Floats, Run
from app.core.weighing.findings import Seen

ROUNDS_ASKED = 3
LONGER = 1.5
"""So many rounds along one line are shown by the known item as well: a loop of its own."""


def once(found: Sequence[Seen], scores: Floats, sides: Sides) -> list[Seen]:
    """Give what was seen, surest first; what lies in a loop is no surer than its rounds are.

    `scores` are the similarities of all frames (query, known).
    """
    told: list[Seen] = []
    left = surest_first(found)
    while left and policy.alerts(left[0].confidence):
        surest, *left = left
        loop = _loop_of(surest.run, sides)
        if loop is None:
            told.append(surest)
            continue
        most = _sureness_of(loop, surest, scores, sides)
        inside = [surest, *(each for each in left if _lies_in(each.run, loop))]
        told += [replace(each, confidence=min(each.confidence, most)) for each in inside]
        left = [each for each in left if not _lies_in(each.run, loop)]
    return surest_first([*told, *left])


def _loop_of(run: Run, sides: Sides) -> Loop | None:
    if run.stands:
        return None
    loop = loop_around(sides[0].reel, run.query_ms)
    return loop if loop and run.length_ms <= LONGER * loop.round_ms else None


def _lies_in(run: Run, loop: Loop) -> bool:
    return loop.start_ms <= sum(run.query_ms) / 2 <= loop.end_ms


def _sureness_of(loop: Loop, surest: Seen, scores: Floats, sides: Sides) -> float:
    """Look at some whole rounds where the surest run expects them; gives how sure most of them are."""
    mirrored = any(pair.fit.mirrored for pair in surest.pairs if pair.fit)
    found: list[float] = []
    for query_ms in loop.rounds(ROUNDS_ASKED):
        both = replace(sides[0], within_ms=query_ms), sides[1]
        part = piece_of(surest.run, _in_round(loop, query_ms, surest.run), scores, both)
        seen = proven(part, both, scores, mirrored=mirrored)
        found.append(max((each.confidence for each in seen), default=0.0))
        if 2 * sum(not policy.alerts(each) for each in found) > ROUNDS_ASKED:
            break
    return median_low(found) if found else surest.confidence


def _in_round(loop: Loop, query_ms: tuple[int, int], run: Run) -> Piece:
    """Give a round where a run expects it: as far into the known item as the run is in its own round."""
    middle_ms = sum(run.query_ms) / 2
    before = (middle_ms - loop.start_ms) // loop.round_ms
    away_ms = query_ms[0] - loop.start_ms - before * loop.round_ms
    shift_ms = (run.speed - 1) * middle_ms + run.offset_ms - away_ms
    return Piece(query_ms, shift_ms, 1.0)
