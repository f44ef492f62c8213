"""From where to where two items show the same along a line of time, to a fifth of a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.films import BLOCK_PX, BLOCKS, Film, Overlay, blocks, likeness_of
from app.core.reel import Reel

AT_ONCE = 100
CORE = 0.5
"""Outside the stretch pictures agree less than this share of what they agree inside."""
LEAST = 0.12
HIDDEN = 0.2
"""A block that agrees less than this all along is hidden, under a caption or by a blur."""
TEXTURE = 3.0
"""Grey levels of detail under which a block says nothing."""
COVERED = 0.7
UNEVEN = 0.02
VISIBLE_LEAST = 0.15
"""With less to be seen nothing is left out: then the whole picture is doubtful."""
BRIDGED = 5
"""Pictures in a row that may disagree inside: a second."""
FAR_MS = 600_000

type Floats = NDArray[np.float64]
type Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """The query's stretch, and how well its pictures agree with the known ones there, up to 1.

    What is hidden agrees with nothing. `hidden` are the blocks of the known frame (BLOCKS, BLOCKS)
    that the query does not show all along: under a caption, a logo, a blur.
    """

    start_ms: int
    end_ms: int
    agreement: float
    hidden: NDArray[np.bool_]


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
    expected = np.asarray(line[0] * query.times_ms[places] + line[1], np.float64)
    theirs = nearest(known.times_ms, expected)
    reach_ms = 250 * max(1.0, abs(line[0]))
    there = np.abs(known.times_ms[theirs] - expected) <= reach_ms
    places, theirs = places[there], theirs[there]
    times = query.times_ms[places]
    core = (times >= core_ms[0]) & (times <= core_ms[1])
    if not core.any():
        return None
    visible = _visible(_hidden(places[core], theirs[core], reels, overlay), overlay)
    agreement = _agreement(places, theirs, reels, overlay, visible)
    usual = float(np.median(agreement[core]))
    good = np.flatnonzero(agreement >= max(LEAST, CORE * usual))
    parts = np.split(good, np.flatnonzero(np.diff(places[good]) > BRIDGED) + 1)
    part = max(parts, key=lambda each: int(core[each].sum()))
    if not len(part) or not core[part].any():
        return None
    start, end = _between(query.times_ms, int(places[part[0]]), int(places[part[-1]]))
    hidden = _hidden(places[part], theirs[part], reels, overlay)
    seen = float(_visible(hidden, overlay).sum() / overlay.inside.sum())
    return Extent(start, end, seen * float(np.median(agreement[part])), hidden)


def nearest(times_ms: Places, wanted_ms: Floats) -> Places:
    """Give the places of the times nearest to those wanted."""
    right = np.clip(np.searchsorted(times_ms, wanted_ms), 0, len(times_ms) - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.abs(wanted_ms - times_ms[left]) <= np.abs(times_ms[right] - wanted_ms)
    return np.where(nearer, left, right).astype(np.int64)


def _hidden(
    places: Places, theirs: Places, reels: tuple[Reel, Reel], overlay: Overlay
) -> NDArray[np.bool_]:
    """Give the blocks (BLOCKS, BLOCKS) in which the query shows something else all along."""
    some = np.unique(np.linspace(0, len(places) - 1, min(len(places), AT_ONCE)).astype(int))
    mine, other = _laid(places[some], theirs[some], reels, overlay)
    both, first, second = (
        blocks(part).sum(axis=0, dtype=np.float64) for part in (mine * other, mine**2, other**2)
    )
    pixels = np.maximum(blocks(overlay.inside[None].astype(np.float32))[0], 1.0)
    says = np.sqrt(np.maximum(first, second) / (pixels * len(some))) > TEXTURE
    says &= pixels > COVERED * BLOCK_PX**2
    unlike = both < HIDDEN * np.sqrt(np.maximum(first * second, 1.0))
    # Where one side is smooth and the other is not, neither likeness nor chance is asked.
    uneven = np.minimum(first, second) < UNEVEN * np.maximum(first, second)
    return np.asarray((says & (unlike | uneven)).reshape(BLOCKS, BLOCKS), np.bool_)


def _visible(hidden: NDArray[np.bool_], overlay: Overlay) -> NDArray[np.bool_]:
    """Give the part of the frame (SIDE, SIDE) that is not hidden in the query."""
    grown = np.kron(hidden, np.ones((BLOCK_PX, BLOCK_PX), np.bool_))
    visible = overlay.inside & ~grown
    return visible if visible.mean() > VISIBLE_LEAST * overlay.inside.mean() else overlay.inside


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
