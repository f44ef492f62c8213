"""Compares two items' sound step by step along a line, and cuts out the stretches that agree."""

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.sound import SOUND_STEP_MS, STEPS_HEARD
from app.core.sound.lines import MIDDLE, Errors, Heard, Laid, Line, Steps, lay

ERRORS_MAX = 0.36
"""Share of wrong bits below which a step speaks for the same sound: after re-encoding it lies near
0.05, under a voice near 0.2, other sound at 0.5 (Haitsma and Kalker, A highly robust audio
fingerprinting system, 2002, use 0.35)."""
DROP = 2.5
"""A stretch ends where other sound has cost it this much: 2.5 s of it, less after a good start."""
LEAST_SUM = 0.8
SHORTEST_MS = 3_000
SMOOTH = 5
EDGE = 0.55
"""Of usual errors and those of other sound together: where a step is shared by half, measured."""
OTHER_SOUND = 0.5
UNUSUAL = 3.0
"""Standard deviations of smoothed errors above which a step at a file's end has more than by chance."""
APART = (21, 34, 55, 89, 144)
"""Steps by which a stretch is laid wrongly, from as many as one step is long; no beat has them all."""

LEAST_PERIOD = 8
REPEATS_UNDER = 0.15
"""Share of wrong bits between a stretch and itself, some steps later, that says that it repeats."""
DIFFERENT_MAX = 200
"""Enough for any confidence; 25 s."""


def stretches(query: Fingerprint, known: Fingerprint, line: Line) -> list[Heard]:
    """Give the stretches along a line that are worth reporting, in order of time."""
    laid = lay(query, known, line)
    found = []
    for span in _agreeing(np.where(laid.votes, ERRORS_MAX - laid.errors, 0.0)):
        heard = _heard(query, known, line, laid, _trimmed(laid, *span))
        if heard.length_ms >= SHORTEST_MS and heard.confidence >= policy.REPORTED_FROM:
            found.append(heard)
    return found


def _agreeing(gains: Errors) -> list[tuple[int, int]]:
    """Give the spans of highest sum; one ends for good where its sum has dropped by DROP."""
    spans: list[tuple[int, int]] = []
    total = best = 0.0
    start = end = 0
    for place, gain in enumerate([*gains.tolist(), -2 * DROP]):
        if total <= 0.0:
            total, best, start, end = 0.0, 0.0, place, place
        total += gain
        if total > best:
            best, end = total, place + 1
        if best - total > DROP or total <= 0.0:
            if best >= LEAST_SUM:
                spans.append((start, end))
            total = 0.0
    return spans


def _trimmed(laid: Laid, start: int, end: int) -> tuple[int, int]:
    """Move the ends inwards to where half of a step's sound is shared: half of its excess errors."""
    smooth, votes = _smoothed(laid, (start, end)), laid.votes[start:end]
    usual = float(np.median(laid.errors[start:end][votes]))
    good = np.flatnonzero((smooth <= _edge(usual)) & votes)
    return (start + int(good[0]), start + int(good[-1]) + 1) if len(good) else (start, end)


def _smoothed(laid: Laid, span: tuple[int, int]) -> Errors:
    padded = np.pad(laid.errors[slice(*span)], SMOOTH // 2, "edge")
    return np.convolve(padded, np.full(SMOOTH, 1 / SMOOTH), "valid")


def _edge(usual: float) -> float:
    return (usual + OTHER_SOUND) * EDGE


def _half_shared(smooth: Errors) -> float:
    """Say of the last step of smoothed errors how near it is to being shared by half only: 0 to 1.

    What is cut off inside of it shows as excess errors, in proportion; noise shows nothing.
    """
    inside = smooth[:-STEPS_HEARD]
    if len(inside) < SMOOTH:
        return 0.0
    usual = float(np.median(inside))
    excess = float(smooth[-1]) - usual
    if excess <= UNUSUAL * float(inside.std()):
        return 0.0
    return min(1.0, excess / max(excess, _edge(usual) - usual))


def _borders(laid: Laid, span: tuple[int, int]) -> tuple[float, float]:
    """Give how far inside of the first and of the last step the stretch begins and ends, in steps.

    That is the step's middle, but at an end of either file: there so much of it as is shared.
    """
    start, end = span
    smooth = _smoothed(laid, span)
    first = _half_shared(smooth[::-1]) if start == 0 else 1.0
    last = _half_shared(smooth) if end == len(laid.mine) else 1.0
    return MIDDLE * first, STEPS_HEARD - (STEPS_HEARD - MIDDLE) * last


def _heard(
    query: Fingerprint, known: Fingerprint, line: Line, laid: Laid, span: tuple[int, int]
) -> Heard:
    start, end = span
    mine, theirs, votes = laid.mine[start:end], laid.theirs[start:end], laid.votes[start:end]
    into_first, into_last = _borders(laid, span)
    first, last = float(mine[0]) + into_first, float(mine[-1]) + into_last
    query_ms = (first * SOUND_STEP_MS, min(last * SOUND_STEP_MS, query.duration_ms))
    known_ms = np.clip(np.array(query_ms) * line.speed + line.offset_ms, 0, known.duration_ms)
    return Heard(
        (round(query_ms[0]), round(query_ms[1])),
        (round(known_ms[0]), round(known_ms[1])),
        line.speed,
        int(votes.sum()),
        *_different(query.sound[mine[votes]]),
        float(laid.errors[start:end][votes].mean()),
        _elsewhere(query.sound, known.sound, mine[votes], theirs[votes]),
    )


def _different(sound: NDArray[np.uint32]) -> tuple[int, bool]:
    """Count steps that say something new, and say whether they repeat: a siren or a loop does for minutes."""
    sound = sound[:DIFFERENT_MAX]
    for period in range(LEAST_PERIOD, len(sound) // 2 + 1):
        if np.bitwise_count(sound[period:] ^ sound[:-period]).mean() / 32 <= REPEATS_UNDER:
            # One step hears the whole of what repeats faster than a step is long.
            return (period if period > STEPS_HEARD else 1), True
    return len(np.unique(sound)), False


def _elsewhere(
    query: NDArray[np.uint32], known: NDArray[np.uint32], mine: Steps, theirs: Steps
) -> float:
    """Give the usual share of wrong bits when the stretch is laid over the other item elsewhere."""
    longest = max(len(query), len(known)) - len(mine)
    # Neighbouring steps share most of their sound; in short items the farthest there are must do.
    shifts = [shift for shift in APART if shift <= longest] or [max(1, len(mine) // 2)]
    wrong = [
        errors
        for shift in (*shifts, *(-shift for shift in shifts))
        for errors in (
            _wrong(query[mine], known, theirs + shift),
            _wrong(known[theirs], query, mine + shift),
        )
        if errors is not None
    ]
    return float(np.median(wrong)) if wrong else 0.0


def _wrong(stretch: NDArray[np.uint32], other: NDArray[np.uint32], at: Steps) -> float | None:
    """Give the share of wrong bits at these places of an item, if it has half of them."""
    inside = (at >= 0) & (at < len(other))
    if 2 * inside.sum() < len(at):
        return None
    return float(np.bitwise_count(stretch[inside] ^ other[at[inside]]).mean()) / 32
