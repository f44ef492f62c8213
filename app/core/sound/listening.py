"""Finds the stretches in which two items sound alike, from hits of sound steps.

Hits vote for a line (speed, offset), as frames do in `alignment`; along the line the bits of all
steps are compared, and stretches that agree better than chance are kept. A change of tempo that
keeps the pitch is followed from 0.88 to 1.12 times; resampling, which moves the pitch with it, is
found up to about 1 %: beyond, hardly a step is left that differs in two bits at most.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.sound import SOUND_STEP_MS
from app.core.index import SoundHits
from app.core.sound.jumps import cut, heard_along, heard_within
from app.core.sound.lines import MIDDLE, Heard, Line
from app.core.sound.stretches import SHORTEST_MS, stretches

SPEEDS = np.arange(88, 113) / 100
STRAIGHT_BONUS = 1.15
"""A changed speed must explain this much more than normal speed."""
LINES_FAILED = 6
"""Lines in a row, most hits first, that may give nothing before the others are left alone."""
LINES_MAX = 32
NEAR_STEPS = 2.5
FITTED_MIN = 6
FITTED_SPAN = 30
"""Steps over which hits must spread to say something about the speed."""
STRAIGHT_WITHIN = 2.0
"""Steps by which a line may drift over its hits and still be one of normal speed."""
VOTING_HITS = 20_000
SHIFTS_AROUND = 6
"""Steps around a line that was seen at which its sound is looked for: 0.7 s."""
CANDIDATES_HEARD = 10
HITS_MIN = 3
"""Hits at about one shift from which an item is worth listening to; chance gives one or two."""
TOGETHER = 3
"""Neighbouring shifts counted together: a step begins anywhere in the other's step."""

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]


def heard_of(hits: SoundHits) -> list[int]:
    """Give the numbers of the known items worth listening to, most promising first.

    Promising is what has more hits at about one shift than its hits at all shifts let expect.
    """
    if not len(hits):
        return []
    shifts = hits.known_item.astype(np.int64) - hits.query_item
    shifts -= shifts.min()
    numbers, places = np.unique(hits.number, return_inverse=True)
    # One sorted row of numbers: a wide gap keeps each item's shifts apart from the next one's.
    gap = int(shifts.max()) + TOGETHER
    sorted_all = np.sort(places * gap + shifts)
    first = np.searchsorted(sorted_all, np.arange(len(numbers)) * gap)
    counts = np.diff(np.append(first, len(sorted_all)))
    spread = sorted_all[first + counts - 1] - sorted_all[first] + TOGETHER
    together = np.searchsorted(sorted_all, sorted_all + TOGETHER) - np.arange(len(sorted_all))
    most = np.maximum.reduceat(together, first)
    # What one item has at its best shift says nothing about what it has elsewhere.
    usual = (counts - most) * TOGETHER / spread
    promise = (most - usual) / np.sqrt(1.0 + usual)
    order = np.argsort(-promise, kind="stable")
    worth = order[most[order] >= HITS_MIN][:CANDIDATES_HEARD]
    return [int(number) for number in numbers[worth]]


def listen(
    query: Fingerprint, known: Fingerprint, hits: SoundHits, seen: Sequence[Line] = ()
) -> list[Heard]:
    """Give the stretches that sound alike, surest first, without overlap in the query.

    `seen` are lines along which footage is shared: sound is looked for along them without hits,
    so that original sound under a voice is still recognised.
    """
    found: list[tuple[Line, Heard]] = []
    failed = 0
    for line in islice(_voted(hits), LINES_MAX):
        here = heard_along(query, known, line)
        found += here
        failed = 0 if here else failed + 1
        if failed == LINES_FAILED:
            break
    for line in (_near(query, known, each) for each in seen):
        found += [(line, heard) for heard in stretches(query, known, line)]
    found = [(line, _until_next(heard, found, known)) for line, heard in found]
    kept: list[Heard] = []
    for line, heard in sorted(found, key=lambda each: -each[1].confidence):
        for piece in _left(heard.query_ms, kept):
            whole = piece == heard.query_ms
            kept += [heard] if whole else heard_within(query, known, line, piece)
    return sorted(kept, key=lambda each: -each.confidence)


def _until_next(heard: Heard, found: Sequence[tuple[Line, Heard]], known: Fingerprint) -> Heard:
    """Let what reaches the known item's last step end where another stretch begins within that step.

    Where a stretch begins is measured; that all of a last step is shared is only taken for granted.
    """
    step_ms = SOUND_STEP_MS * (len(known.sound) - 1 + MIDDLE)
    middle_ms = (step_ms - heard.offset_ms) / heard.speed
    starts_ms = (other.query_ms[0] for _, other in found if other.query_ms[1] > heard.query_ms[1])
    inside = [start for start in starts_ms if middle_ms <= start < heard.query_ms[1]]
    return cut(heard, (heard.query_ms[0], min(inside))) if inside else heard


def _left(query_ms: tuple[int, int], kept: Sequence[Heard]) -> list[tuple[int, int]]:
    """Give the pieces of a stretch of the query, long enough to be heard, that others leave."""
    start, end = query_ms
    pieces = []
    for first, last in sorted(each.query_ms for each in kept):
        pieces.append((start, min(end, first)))
        start = max(start, last)
    pieces.append((start, end))
    return [piece for piece in pieces if piece[1] - piece[0] >= SHORTEST_MS]


def _voted(hits: SoundHits) -> Iterator[Line]:
    """Give the lines on which most hits lie, each hit counted for one of them."""
    mine, theirs = hits.query_item.astype(np.int64), hits.known_item.astype(np.int64)
    if len(mine) > VOTING_HITS:
        some = np.linspace(0, len(mine) - 1, VOTING_HITS).astype(np.int64)
        mine, theirs = mine[some], theirs[some]
    while len(mine):
        line = _fitted(_best_line(mine, theirs), mine, theirs)
        yield line
        left = np.abs(theirs - line.at(mine)) > NEAR_STEPS
        if left.all():
            return
        mine, theirs = mine[left], theirs[left]


def _best_line(mine: Ints, theirs: Ints) -> Line:
    """Vote at every speed; a step with many hits has less of a vote for each."""
    _, place, times = np.unique(mine, return_inverse=True, return_counts=True)
    weights = 1.0 / times[place]
    best, chosen = -1.0, Line(1.0, 0.0)
    speeds = SPEEDS if np.ptp(mine) >= FITTED_SPAN else np.ones(1)
    for speed in speeds:
        offsets = np.rint(theirs - speed * mine).astype(np.int64)
        least = int(offsets.min())
        votes = np.bincount(offsets - least, weights)
        votes = np.convolve(votes, (0.9, 1.0, 0.9), "same") if len(votes) >= TOGETHER else votes
        peak = int(votes.argmax())
        bonus = STRAIGHT_BONUS if speed == 1.0 else 1.0
        if votes[peak] * bonus > best:
            best, chosen = float(votes[peak]) * bonus, Line(float(speed), float(least + peak))
    return chosen


def _fitted(line: Line, mine: Ints, theirs: Ints) -> Line:
    """Lay the line through the hits near it."""
    for _ in range(2):
        near = np.abs(theirs - line.at(mine)) <= NEAR_STEPS
        x, y = mine[near].astype(np.float64), theirs[near].astype(np.float64)
        if not len(x):
            return line
        span = float(np.ptp(x))
        speed = line.speed
        if speed != 1.0 and len(x) >= FITTED_MIN and span >= FITTED_SPAN:
            speed = float(np.polyfit(x, y, 1)[0])
        if abs(speed - 1.0) * span < STRAIGHT_WITHIN:
            speed = 1.0
        line = Line(speed, float(np.median(y - speed * x)))
    return line


def _near(query: Fingerprint, known: Fingerprint, line: Line) -> Line:
    """Give the line's neighbour along which the bits agree best: sound is seldom cut with pictures."""
    around = [
        Line(line.speed, line.offset + shift) for shift in range(-SHIFTS_AROUND, SHIFTS_AROUND + 1)
    ]
    return max(around, key=lambda each: sum(h.confidence for h in stretches(query, known, each)))
