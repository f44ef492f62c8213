"""From where to where two items show the same along a line of time, to a fifth of a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.films import Film, Overlay, blocks, likeness_of
from app.core.reel import SIDE, Reel

AT_ONCE = 100
CORE = 0.5
"""Outside the stretch pictures agree less than this share of what they agree inside."""
LEAST = 0.12
HIDDEN = 0.2
"""A block that agrees less than this all along is hidden, under a caption or by a blur."""
VISIBLE_LEAST = 0.15
"""With fewer visible blocks none is left out: then the whole picture is doubtful."""
BRIDGED = 5
"""Pictures in a row that may disagree inside: a second."""
FAR_MS = 600_000

type Floats = NDArray[np.float64]
type Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Extent:
    """The query's stretch, and how well its pictures agree with the known ones there, up to 1."""

    start_ms: int
    end_ms: int
    agreement: float


def extent(
    line: tuple[float, float], core_ms: tuple[int, int], reels: tuple[Reel, Reel], overlay: Overlay
) -> Extent | None:
    """Give the stretch around `core_ms` in which the pictures agree; None where none of them does.

    `line` is (speed, offset in ms): known = speed · query + offset.
    """
    query, known = reels
    places = np.arange(
        np.searchsorted(query.times_ms, core_ms[0] - FAR_MS, "left"),
        np.searchsorted(query.times_ms, core_ms[1] + FAR_MS, "right"),
    )
    expected = line[0] * query.times_ms[places] + line[1]
    theirs = nearest(known.times_ms, expected)
    reach_ms = 250 * max(1.0, abs(line[0]))
    there = np.abs(known.times_ms[theirs] - expected) <= reach_ms
    places, theirs = places[there], theirs[there]
    times = query.times_ms[places]
    core = (times >= core_ms[0]) & (times <= core_ms[1])
    if not core.any():
        return None
    visible = _visible(places[core], theirs[core], reels, overlay)
    agreement = _agreement(places, theirs, reels, overlay, visible)
    usual = float(np.median(agreement[core]))
    good = np.flatnonzero(agreement >= max(LEAST, CORE * usual))
    parts = np.split(good, np.flatnonzero(np.diff(places[good]) > BRIDGED) + 1)
    part = max(parts, key=lambda each: int(core[each].sum()))
    if not len(part) or not core[part].any():
        return None
    start, end = _between(query.times_ms, int(places[part[0]]), int(places[part[-1]]))
    return Extent(start, end, float(np.median(agreement[part])))


def nearest(times_ms: Places, wanted_ms: Floats) -> Places:
    """Give the places of the times nearest to those wanted."""
    right = np.clip(np.searchsorted(times_ms, wanted_ms), 0, len(times_ms) - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.abs(wanted_ms - times_ms[left]) <= np.abs(times_ms[right] - wanted_ms)
    return np.where(nearer, left, right).astype(np.int64)


def _visible(
    places: Places, theirs: Places, reels: tuple[Reel, Reel], overlay: Overlay
) -> NDArray[np.bool_]:
    """Give the part of the frame (SIDE, SIDE) that is not hidden in the query."""
    some = np.unique(np.linspace(0, len(places) - 1, min(len(places), AT_ONCE)).astype(int))
    mine, other = _laid(places[some], theirs[some], reels, overlay)
    both, first, second = (
        blocks(part).sum(axis=0, dtype=np.float64) for part in (mine * other, mine**2, other**2)
    )
    alike = both / np.maximum(np.sqrt(first * second), 1.0)
    shown = alike > HIDDEN
    if shown.mean() < VISIBLE_LEAST:
        return overlay.inside
    across = int(np.sqrt(len(shown)))
    grown = np.kron(shown.reshape(across, across), np.ones((SIDE // across, SIDE // across)))
    return np.asarray(overlay.inside & (grown > 0), np.bool_)


def _agreement(
    places: Places,
    theirs: Places,
    reels: tuple[Reel, Reel],
    overlay: Overlay,
    visible: NDArray[np.bool_],
) -> Floats:
    found = [np.empty(0)]
    for start in range(0, len(places), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        mine, other = _laid(places[some], theirs[some], reels, overlay)
        found.append(likeness_of(mine * visible, other * visible))
    return np.concatenate(found)


def _laid(
    places: Places, theirs: Places, reels: tuple[Reel, Reel], overlay: Overlay
) -> tuple[Film, Film]:
    return overlay.query(reels[0].at(places)), overlay.known(reels[1].at(theirs))


def _between(times_ms: Places, first: int, last: int) -> tuple[int, int]:
    """Give where a stretch of pictures begins and ends: half-way to those outside it."""
    step_ms = float(np.median(np.diff(times_ms))) if len(times_ms) > 1 else 0.0
    start = 0.0 if first == 0 else (times_ms[first - 1] + times_ms[first]) / 2
    after = times_ms[last + 1] if last + 1 < len(times_ms) else times_ms[last] + 2 * step_ms
    return round(start), round((times_ms[last] + after) / 2)
