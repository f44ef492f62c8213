"""Sound cut together from pieces: a slanted line lies near several of them, and none plays at its speed.

The path over the shifts that explains the steps best, each change of it at a price, is found as for
pictures (`jumps`). A clip that does play at another speed is a staircase, whose steps cost too much.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.sound import SOUND_STEP_MS, STEPS_HEARD
from app.core.reels.jumps import cheapest
from app.core.sound.lines import MIDDLE, Heard, Line, Steps
from app.core.sound.stretches import OTHER_SOUND, SHORTEST_MS, stretches

REACH = STEPS_HEARD
"""Steps beside the line to which its pieces are looked for: as far as one step hears."""
WINDOW = 480
"""Of a long stretch so many steps are looked at together: a minute."""

type Floats = NDArray[np.float64]


def heard_along(query: Fingerprint, known: Fingerprint, line: Line) -> list[tuple[Line, Heard]]:
    """Give the stretches along a line, or the pieces at normal speed that explain one better than it."""
    found: list[tuple[Line, Heard]] = []
    for heard in stretches(query, known, line):
        parts = pieces(query, known, line, heard)
        found += [
            (each, part)
            for each, query_ms in parts
            for part in heard_within(query, known, each, query_ms)
        ]
        found += [] if parts else [(line, heard)]
    return found


def heard_within(
    query: Fingerprint, known: Fingerprint, line: Line, query_ms: tuple[int, int]
) -> list[Heard]:
    """Listen along a line to a piece of the query only: two sounds overlap by what one step hears."""
    times = Line.time_ms(np.arange(len(query.sound)))
    inside = (times >= query_ms[0]) & (times <= query_ms[1])
    alone = replace(query, sound_votes=query.sound_votes & inside)
    found = (cut(heard, query_ms) for heard in stretches(alone, known, line))
    return [heard for heard in found if heard.length_ms >= SHORTEST_MS]


def cut(heard: Heard, piece: tuple[int, int]) -> Heard:
    """Let a stretch end where the piece does: the first step of a file is shared from its beginning."""
    query_ms = max(piece[0], heard.query_ms[0]), min(piece[1], heard.query_ms[1])
    first, last = (round(heard.speed * at_ms + heard.offset_ms) for at_ms in query_ms)
    known_ms = max(first, heard.known_ms[0]), min(last, heard.known_ms[1])
    return replace(heard, query_ms=query_ms, known_ms=known_ms)


def pieces(
    query: Fingerprint, known: Fingerprint, line: Line, heard: Heard
) -> list[tuple[Line, tuple[int, int]]]:
    """Give the pieces of a stretch, each at normal speed; none where its own line explains it as well."""
    if line.speed == 1.0:
        return []
    first, last = (round(at_ms / SOUND_STEP_MS - MIDDLE) for at_ms in heard.query_ms)
    first, last = max(0, first), min(last, len(query.sound) - 1)
    found: list[Steps] = []
    gain = 0.0
    for start in range(first, last + 1, WINDOW):
        mine = np.arange(start, min(start + WINDOW, last + 1))
        slanted = np.rint(line.at(mine)).astype(np.int64) - mine
        offsets = np.arange(slanted.min() - REACH, slanted.max() + REACH + 1)
        table = _table(query, known, mine, offsets)
        path, score = cheapest(table)
        gain += score - float(table[np.arange(len(mine)), slanted - offsets[0]].sum())
        found.append(offsets[path])
    return _parted(np.concatenate(found), first, heard.query_ms) if gain > 0 else []


def _parted(
    shifts: Steps, first: int, query_ms: tuple[int, int]
) -> list[tuple[Line, tuple[int, int]]]:
    """Give the stretches of one shift; the first and the last reach as far as all of them did."""
    # Where a step begins in the middle of another one, two shifts are as good as each other.
    cuts = np.flatnonzero(np.abs(np.diff(shifts)) > 1) + 1
    borders = np.rint(Line.time_ms(first + cuts)).astype(int).tolist()
    bounds = pairwise([query_ms[0], *borders, query_ms[1]])
    return [
        (Line(1.0, float(np.median(part).round())), within)
        for part, within in zip(np.split(shifts, cuts), bounds, strict=True)
        if within[1] - within[0] >= SHORTEST_MS
    ]


def _table(query: Fingerprint, known: Fingerprint, mine: Steps, offsets: Steps) -> Floats:
    """Give how alike steps and known ones at some shifts are (steps, shifts): 1 fully, 0 by chance."""
    theirs = mine[:, None] + offsets
    there = (theirs >= 0) & (theirs < len(known.sound))
    sound = known.sound[np.where(there, theirs, 0)]
    errors = np.bitwise_count(query.sound[mine][:, None] ^ sound) / 32
    return np.where(there, 1.0 - errors / OTHER_SOUND, 0.0)
