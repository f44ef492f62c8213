"""From where to where two items show the same along a line of time, to a fifth of a second."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.between import Moments
from app.core.films import BLOCK_PX, Film, Overlay, likeness_of
from app.core.reel import Reel

AT_ONCE = 100
CORE = 0.5
"""Outside the stretch pictures agree less than this share of what they agree inside."""
LEAST = 0.12
HIDDEN = 0.2
"""What agrees less than this all along, a block around, is hidden: under a caption or by a blur."""
TEXTURE = 3.0
"""Grey levels of detail under which a place says nothing."""
COVERED = 0.7
UNEVEN = 0.02
BRIDGED = 5
"""Pictures in a row that may disagree inside: a second."""
FAR_MS = 600_000
LEAST_KNOWN = 2
REACH_MS = 250

type Floats = NDArray[np.float64]
type Places = NDArray[np.int64]
type Region = NDArray[np.bool_]
"""A part of the known frame (SIDE, SIDE)."""


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """The query's stretch, and how well its pictures agree with the known ones there, up to 1.

    What is hidden agrees with nothing. `hidden` is the part of the known frame (SIDE, SIDE) that
    the query does not show all along: under a caption, a logo, a blur.
    """

    start_ms: int
    end_ms: int
    agreement: float
    hidden: Region


def extent(
    line: tuple[float, float], core_ms: tuple[int, int], reels: tuple[Reel, Reel], overlay: Overlay
) -> Extent | None:
    """Give the stretch around `core_ms` in which the pictures agree; None where none of them does.

    `line` is (speed, offset in ms): known = speed · query + offset.
    """
    query, known = reels
    if len(known) < LEAST_KNOWN:
        return None
    places = np.arange(
        np.searchsorted(query.times_ms, core_ms[0] - FAR_MS, "left"),
        np.searchsorted(query.times_ms, core_ms[1] + FAR_MS, "right"),
    )
    expected = np.asarray(line[0] * query.times_ms[places] + line[1], np.float64)
    theirs = Moments.of(known.times_ms, expected, REACH_MS * max(1.0, abs(line[0])))
    places, theirs = places[theirs.there], theirs.where(theirs.there)
    times = query.times_ms[places]
    core = (times >= core_ms[0]) & (times <= core_ms[1])
    if not core.any():
        return None
    laid = _Laid(reels, overlay)
    visible = overlay.without(_hidden(laid, places[core], theirs.where(core))).inside
    agreement = _agreement(laid, places, theirs, visible)
    usual = float(np.median(agreement[core]))
    good = np.flatnonzero(agreement >= max(LEAST, CORE * usual))
    parts = np.split(good, np.flatnonzero(np.diff(places[good]) > BRIDGED) + 1)
    part = max(parts, key=lambda each: int(core[each].sum()))
    if not len(part) or not core[part].any():
        return None
    start, end = _between(query.times_ms, int(places[part[0]]), int(places[part[-1]]))
    hidden = _hidden(laid, places[part], theirs.where(part))
    seen = float(overlay.without(hidden).inside.sum() / overlay.inside.sum())
    return Extent(start, end, seen * float(np.median(agreement[part])), hidden)


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """Two reels over each other."""

    reels: tuple[Reel, Reel]
    overlay: Overlay

    def at(self, places: Places, theirs: Moments) -> tuple[Film, Film]:
        """Give the query's pictures and those of the known moments."""
        query, known = self.reels
        needed = np.unique(np.concatenate([theirs.before, theirs.before + 1]))
        film = self.overlay.known(known.at(needed))
        held = Moments(np.searchsorted(needed, theirs.before), theirs.share, theirs.there)
        return self.overlay.query(query.at(places)), held.blended(film)


def _hidden(laid: _Laid, places: Places, theirs: Moments) -> Region:
    """Give where the query shows something else all along."""
    some = np.unique(np.linspace(0, len(places) - 1, min(len(places), AT_ONCE)).astype(int))
    mine, other = laid.at(places[some], theirs.where(some))
    inside = _around(laid.overlay.inside.astype(np.float32))
    both, first, second = (
        _around(part.sum(axis=0)) / np.maximum(inside, 1e-3) / len(some)
        for part in (mine * other, mine**2, other**2)
    )
    says = (np.sqrt(np.maximum(first, second)) > TEXTURE) & (inside > COVERED)
    unlike = both < HIDDEN * np.sqrt(np.maximum(first * second, 1e-3))
    # Where one side is smooth and the other is not, neither likeness nor chance is asked.
    uneven = np.minimum(first, second) < UNEVEN * np.maximum(first, second)
    return np.asarray(says & laid.overlay.inside & (unlike | uneven), np.bool_)


def _around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the mean of a block around each place."""
    return np.asarray(cv2.blur(values, (BLOCK_PX + 1, BLOCK_PX + 1)), np.float32)


def _agreement(laid: _Laid, places: Places, theirs: Moments, visible: Region) -> Floats:
    found = [np.empty(0)]
    for start in range(0, len(places), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        mine, other = laid.at(places[some], theirs.where(some))
        found.append(likeness_of(mine * visible, other * visible))
    return np.concatenate(found)


def _between(times_ms: Places, first: int, last: int) -> tuple[int, int]:
    """Give where a stretch of pictures begins and ends: half-way to those outside it."""
    step_ms = float(np.median(np.diff(times_ms))) if len(times_ms) > 1 else 0.0
    start = 0.0 if first == 0 else (times_ms[first - 1] + times_ms[first]) / 2
    after = times_ms[last + 1] if last + 1 < len(times_ms) else times_ms[last] + 2 * step_ms
    return round(start), round((times_ms[last] + after) / 2)
