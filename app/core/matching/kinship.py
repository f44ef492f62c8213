"""Whether known items that share one stretch share anything else: copies do, users of an ident do not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import VIEW_SCALE, Fingerprint
from app.core.sound.lines import Heard, Line, lay
from app.core.sound.soundtrack import COMPARED_MIN, OTHER_FROM
from app.core.temporal.similarity import ALIKE_FROM

VIEW_ALIKE_FROM = 0.55
"""`ALIKE_FROM` for a view, which a smaller model describes: it reaches 0.65 for one and the same picture."""
ALIKE_BITS = 31
"""The same for PDQ hashes, where no model looked."""
KIN_SHARE = 0.3
"""Items of which more of the other frames are alike share more than one stretch."""
FRAMES_MIN = 3
"""With fewer other frames an item cannot say that it is another."""
ASIDE_MS = 1_000
GAP_MS = 3_500
"""Frames farther apart belong to different stretches."""
FRAMES_COMPARED = 100
FRAMES_SEARCHED = 600

type Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Occurrence:
    """Where a stretch of the query occurs in a known item: its frames, or what is heard."""

    number: int
    shown: Rows
    heard: Heard | None = None


def unlike_as_a_whole(
    occurrences: Sequence[Occurrence], known: Callable[[int], Fingerprint], enough: int
) -> int:
    """Count items that share nothing but the stretch, as far as `enough`; copies count as one.

    An item that has little else than the stretch is not counted: nobody can say that it is another.
    """
    counted: list[tuple[Occurrence, Fingerprint]] = []
    for each in occurrences:
        mine = known(each.number)
        if each.heard is None and len(_others(each, mine)) < FRAMES_MIN:
            continue
        if not any(_kin((each, mine), other) for other in counted):
            counted.append((each, mine))
        if len(counted) == enough:
            break
    return len(counted)


def _kin(one: tuple[Occurrence, Fingerprint], other: tuple[Occurrence, Fingerprint]) -> bool:
    """Say whether two items share more than the stretch."""
    (first, mine), (second, theirs) = one, other
    places = _others(first, mine), _others(second, theirs)
    if min(len(each) for each in places) >= FRAMES_MIN:
        return _look_alike(mine, places[0], theirs, places[1])
    if first.heard is None or second.heard is None:
        return True
    return not _sound_apart(mine, first.heard, theirs, second.heard)


def _others(occurrence: Occurrence, item: Fingerprint) -> Rows:
    """Give the voting frames that do not show the stretch, neither there nor elsewhere."""
    votes = item.votes.copy()
    shown = occurrence.shown
    if len(shown):
        votes &= ~_around(item.timestamps_ms, item.timestamps_ms[shown])
        left = np.flatnonzero(votes)
        votes[left[_alike(item, left, item, shown)]] = False
    return np.flatnonzero(votes)


def _around(times_ms: Rows, shown_ms: Rows) -> NDArray[np.bool_]:
    """Say which moments lie within or just beside the stretch, each time that it comes."""
    around = np.zeros(len(times_ms), np.bool_)
    for once in np.split(shown_ms, np.flatnonzero(np.diff(shown_ms) > GAP_MS) + 1):
        around |= (times_ms >= once[0] - ASIDE_MS) & (times_ms <= once[-1] + ASIDE_MS)
    return around


def _look_alike(mine: Fingerprint, first: Rows, theirs: Fingerprint, second: Rows) -> bool:
    if len(first) > len(second):
        mine, first, theirs, second = theirs, second, mine, first
    some, all_there = _some(first, FRAMES_COMPARED), _some(second, FRAMES_SEARCHED)
    return bool(_alike(mine, some, theirs, all_there).mean() >= KIN_SHARE)


def _some(rows: Rows, most: int) -> Rows:
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).round().astype(np.int64)]


def _alike(mine: Fingerprint, rows: Rows, theirs: Fingerprint, others: Rows) -> NDArray[np.bool_]:
    """Say which frames look like any of the others, also when cropped, padded or mirrored."""
    if not (mine.described and theirs.described):
        bits = np.bitwise_count(mine.pdq[rows][:, None] ^ theirs.pdq[others][None])
        return np.asarray(bits.sum(axis=2, dtype=np.int64).min(axis=1, initial=256) <= ALIKE_BITS)
    whole = theirs.descriptors[others].astype(np.float32).T
    views = mine.view_descriptors[rows].astype(np.float32) / VIEW_SCALE
    by_view = (views @ whole).max(axis=(1, 2), initial=0.0) >= VIEW_ALIKE_FROM
    same = (mine.descriptors[rows].astype(np.float32) @ whole).max(axis=1, initial=0.0)
    return np.asarray(by_view | (same >= ALIKE_FROM))


def _sound_apart(mine: Fingerprint, one: Heard, theirs: Fingerprint, other: Heard) -> bool:
    """Say whether two items that share a sound go on differently before or after it."""
    speed = other.speed / one.speed
    offset_ms = other.offset_ms - speed * one.offset_ms
    laid = lay(mine, theirs, Line.through(speed, offset_ms))
    times = Line.time_ms(laid.mine)
    outside = laid.votes & ((times < one.known_ms[0]) | (times > one.known_ms[1]))
    return bool(outside.sum() >= COMPARED_MIN and laid.errors[outside].mean() >= OTHER_FROM)
