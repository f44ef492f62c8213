"""What the sound says about a pair: how sure it is on its own, and what became of it under a picture.

From one pair alone a short sound under other pictures may be a jingle, an effect or an ident: it
alerts only where it is nearly all the sound that one side has, or where one side has no pictures.
What lasts ten seconds is taken for the same recording, unless it is a few seconds again and again,
as a music bed may be, or the library says that it is usual (`usual`).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.sound import SILENCE, SOUND_STEP_MS, STEPS_HEARD
from app.core.fingerprints.usable import sound_votes
from app.core.matches import Span
from app.core.media import MediaKind
from app.core.naming.transforms import Transform
from app.core.sound.lines import Heard, Laid, Line, lay
from app.core.sound.stretches import ERRORS_MAX
from app.core.temporal.runs import Run

REPLACED: Final = "sound_replaced"
REMOVED: Final = "sound_removed"
LONG_MS = 10_000
NEARLY_ALL = 0.8
SHIFT_MS = 1_500
"""Sight and sound whose shifts differ less belong together."""
COMPARED_MIN = 24
"""Voting steps under a segment from which its sound can be called another: 5.6 s of sound."""
OTHER_FROM = 0.42
"""Share of wrong bits, at the best shift nearby, from which it is another sound: original sound
under a voice or through a telephone stays below 0.36."""
SHIFTS = range(-12, 13)
AS_BESIDE = range(-1, 2)
"""Shifts around those of the sound beside it. Of 34 steps of unrelated sound the best of all shifts has
too few wrong bits in one case of ten, the best of these in one of forty."""
SAME_SPEED = 0.01
"""Sound that was resampled by more cannot be compared."""
SILENT_SHARE = 0.9
SILENT_BITS = 1


def sureness(heard: Heard, query: Fingerprint, known: Fingerprint) -> float:
    """Give how surely a stretch is shared sound that deserves an alert by itself."""
    pictured = all(side.kind is not MediaKind.AUDIO and side.frames for side in (query, known))
    told = not heard.loops and (heard.length_ms >= LONG_MS or _nearly_all(heard, query, known))
    return heard.confidence if told or not pictured else min(heard.confidence, policy.LEAD_MOST)


def _nearly_all(heard: Heard, query: Fingerprint, known: Fingerprint) -> bool:
    """Say whether the stretch is nearly all that can be heard of one side, common or not."""
    most = heard.voting / NEARLY_ALL
    return any(
        # Of what is common the votes are gone; the sound itself still has it.
        side.sound_votes.sum() <= most and sound_votes(side.sound).sum() <= most
        for side in (query, known)
    )


def together(run: Run, heard: Heard) -> bool:
    """Say whether a heard stretch overlaps a seen one at about the same shift."""
    start = max(run.query_ms[0], heard.query_ms[0])
    end = min(run.query_ms[1], heard.query_ms[1])
    middle = (start + end) / 2
    apart = (run.speed - heard.speed) * middle + run.offset_ms - heard.offset_ms
    return start < end and abs(apart) < SHIFT_MS


def only_heard(heard: Heard, seen: Sequence[Run]) -> list[tuple[Span, Span]]:
    """Give the parts of a heard stretch (query, known) under which the pictures are others."""
    start, end = heard.query_ms
    parts = []
    for run in sorted((run for run in seen if together(run, heard)), key=_start):
        parts.append((start, min(end, run.query_ms[0])))
        start = max(start, run.query_ms[1])
    parts.append((start, end))
    return [
        (
            Span(first, last),
            Span(*(round(heard.speed * t + heard.offset_ms) for t in (first, last))),
        )
        for first, last in parts
        if last - first >= STEPS_HEARD * SOUND_STEP_MS
    ]


def _start(run: Run) -> int:
    return run.query_ms[0]


def changed_sound(
    run: Run, query: Fingerprint, known: Fingerprint, beside: Sequence[Heard] = ()
) -> tuple[Transform, ...]:
    """Name what became of the known sound under a seen stretch; nothing where it is unknown.

    Asked only of stretches without heard ones; what is heard `beside` one tells where its sound would
    lie. Unknown is what has no sound steps, too few that carry a vote, or another speed.
    """
    if abs(run.speed - 1.0) > SAME_SPEED:
        return ()
    line = Line.through(run.speed, run.offset_ms)
    laid = _under(run, lay(query, known, line))
    if known.sound_votes[laid.theirs].sum() < COMPARED_MIN:
        return ()
    if _silent(query.sound[laid.mine]):
        return (Transform(REMOVED),)
    errors = _least_errors(run, query, known, [line], SHIFTS)
    if beside and errors > ERRORS_MAX:
        lines = [Line.through(each.speed, each.offset_ms) for each in beside]
        errors = _least_errors(run, query, known, lines, AS_BESIDE)
    return (Transform(REPLACED),) if errors >= OTHER_FROM else ()


def _least_errors(
    run: Run, query: Fingerprint, known: Fingerprint, lines: Sequence[Line], shifts: range
) -> float:
    around = (Line(each.speed, each.offset + by) for each in lines for by in shifts)
    return min(_errors(run, query, known, each) for each in around)


def _under(run: Run, laid: Laid) -> Laid:
    """Keep the steps that sound wholly under the seen stretch."""
    first, last = (at / SOUND_STEP_MS for at in run.query_ms)
    return laid.where((laid.mine >= first) & (laid.mine <= last - STEPS_HEARD))


def _silent(sound: NDArray[np.uint32]) -> bool:
    return bool((np.bitwise_count(sound ^ SILENCE) <= SILENT_BITS).mean() >= SILENT_SHARE)


def _errors(run: Run, query: Fingerprint, known: Fingerprint, line: Line) -> float:
    """Give the share of wrong bits under the seen stretch; 0 where too little can be compared."""
    laid = _under(run, lay(query, known, line))
    return float(laid.errors[laid.votes].mean()) if laid.votes.sum() >= COMPARED_MIN else 0.0
