"""From where to where two items show the same along a line of time, to a fifth of a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import Reel, Stretch
from app.core.reels.between import Line, Moments, laid
from app.core.reels.films import Overlay, Region, likeness_of
from app.core.reels.hidden import hidden_region

AT_ONCE = 100
CORE = 0.5
"""Outside the stretch pictures agree less than this share of what they agree inside."""
LEAST = 0.12
BRIDGED = 8
"""Pictures in a row that may disagree inside: before fast movement a copy of few frames does."""
FAR_MS = 600_000
LEAST_KNOWN = 2

type Floats = NDArray[np.float64]
type Places = NDArray[np.int64]


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
    line: Line, core_ms: tuple[int, int], reels: tuple[Reel, Reel], overlay: Overlay
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
    places = places[_moments(places, line, reels).there]
    times = query.times_ms[places]
    core = (times >= core_ms[0]) & (times <= core_ms[1])
    if not core.any():
        return None
    visible = overlay.without(_hidden(places[core], line, reels, overlay))
    agreement = _agreement(places, line, reels, visible)
    usual = float(np.median(agreement[core]))
    good = np.flatnonzero(agreement >= max(LEAST, CORE * usual))
    parts = np.split(good, np.flatnonzero(np.diff(places[good]) > BRIDGED) + 1)
    part = max(parts, key=lambda each: int(core[each].sum()))
    if not len(part) or not core[part].any():
        return None
    start, end = ends(query.times_ms, int(places[part[0]]), int(places[part[-1]]))
    hidden = _hidden(places[part], line, reels, overlay)
    seen = float(overlay.without(hidden).inside.sum() / overlay.shown.sum())
    return Extent(start, end, seen * float(np.median(agreement[part])), hidden)


def _moments(places: Places, line: Line, reels: tuple[Reel, Reel]) -> Moments:
    """Give the known moments of some pictures of the query."""
    return Moments.along(line, reels[0].times_ms[places], reels[1].times_ms)


def _films(places: Places, line: Line, reels: tuple[Reel, Reel]) -> tuple[Stretch, Stretch]:
    """Give some pictures of the query, and the known ones around their moments."""
    before = _moments(places, line, reels).before
    return reels[0].some(places), reels[1].some(np.unique(np.concatenate([before, before + 1])))


def _hidden(places: Places, line: Line, reels: tuple[Reel, Reel], overlay: Overlay) -> Region:
    """Give where the query shows something else all along."""
    some = np.unique(np.linspace(0, len(places) - 1, min(len(places), AT_ONCE)).astype(int))
    return hidden_region(_films(places[some], line, reels), line, overlay)


def _agreement(places: Places, line: Line, reels: tuple[Reel, Reel], overlay: Overlay) -> Floats:
    found = [np.empty(0)]
    for start in range(0, len(places), AT_ONCE):
        films = _films(places[start : start + AT_ONCE], line, reels)
        mine, other = laid(films, line, overlay)
        found.append(likeness_of(mine, other))
    return np.concatenate(found)


def ends(times_ms: Places, first: int, last: int) -> tuple[int, int]:
    """Give where a stretch of pictures begins and ends: half-way to those outside it."""
    step_ms = float(np.median(np.diff(times_ms))) if len(times_ms) > 1 else 0.0
    before = (times_ms[first - 1] + times_ms[first]) / 2 if first else times_ms[0] - step_ms / 2
    start = max(0.0, float(before))
    after = times_ms[last + 1] if last + 1 < len(times_ms) else times_ms[last] + 2 * step_ms
    return round(start), round((times_ms[last] + after) / 2)
