"""The loop that a stretch of a film is part of: the same pictures again, after the same time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import Reel, Stretch
from app.core.reels.between import Alike, Moments
from app.core.reels.course import AROUND_MS, alike_of
from app.core.reels.extent import ends
from app.core.reels.films import AS_IT_IS, Overlay, changing

ROUND_LEAST_MS, ROUND_MOST_MS = 600.0, 10_000.0
"""Shorter rounds are one movement, as of a wheel; longer ones are evidence enough, each for itself."""
STEP_MS = 25.0
AGAIN = 0.6
"""Likeness of what changes from which it is the same again; of loops 0.72 to 0.96, of gestures up to 0.36."""
GOES_ON = 0.3
"""The same of a single picture, in a moment that hardly moves."""
ASIDE_MS = 3 * ROUND_MOST_MS
"""So much before and after a stretch is looked at."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loop:
    """From when to when the same comes again and again, and how long it takes."""

    start_ms: float
    end_ms: float
    round_ms: float

    def rounds(self, most: int) -> list[tuple[int, int]]:
        """Give when whole rounds begin and end; of many so many, spread evenly."""
        count = int((self.end_ms - self.start_ms) / self.round_ms + 0.1)
        some = np.unique(np.linspace(0, max(0, count - 1), min(count, most)).round())
        starts = self.start_ms + some * self.round_ms
        return [(round(at), round(at + self.round_ms)) for at in starts.tolist()]


def loop_around(reel: Reel, query_ms: tuple[int, int]) -> Loop | None:
    """Give the loop that a stretch of a film lies in; None where it plays once."""
    film = reel.between(query_ms[0] - ASIDE_MS, query_ms[1] + ASIDE_MS)
    overlay = Overlay.of(AS_IT_IS, mirrored=False)
    if overlay is None or len(film) < 2:
        return None
    moving = changing(overlay.query(film.pictures), film.times_ms, AROUND_MS)
    alike = alike_of(moving, moving, overlay)
    inside = (film.times_ms >= query_ms[0]) & (film.times_ms <= query_ms[1])
    lag_ms = _lag(film, alike, inside)
    return None if lag_ms is None else _loop(film, alike, inside, lag_ms)


def _lag(film: Stretch, alike: Alike, inside: NDArray[np.bool_]) -> float | None:
    """Give after how long the same comes again: the first time that it does."""
    lags = np.arange(ROUND_LEAST_MS, ROUND_MOST_MS + 1, STEP_MS)
    scores = np.array([_score(film, alike, inside, float(lag)) for lag in lags])
    peaks = (scores >= np.roll(scores, 1)) & (scores >= np.roll(scores, -1)) & (scores >= AGAIN)
    found = np.flatnonzero(peaks[1:-1]) + 1
    return float(lags[found[0]]) if len(found) else None


def _score(film: Stretch, alike: Alike, inside: NDArray[np.bool_], lag_ms: float) -> float:
    """Give how alike a stretch and what comes so much later, or came so much sooner, are."""
    found = [_again(film, alike, lag)[inside] for lag in (lag_ms, -lag_ms)]
    ways = [each[~np.isnan(each)] for each in found]
    return max((float(each.mean()) for each in ways if 2 * len(each) >= inside.sum()), default=0.0)


def _again(film: Stretch, alike: Alike, lag_ms: float) -> Floats:
    """Give how alike each picture and the one so much later are; NaN where there is none."""
    moments = Moments.of(film.times_ms, film.times_ms + lag_ms, 1.0)
    return np.where(moments.there, alike.at(moments), np.nan)


def _loop(film: Stretch, alike: Alike, inside: NDArray[np.bool_], lag_ms: float) -> Loop | None:
    """Give how far around a stretch the same comes again."""
    again = np.stack([_again(film, alike, lag) for lag in (lag_ms, -lag_ms)])
    good = np.flatnonzero((np.nan_to_num(again) >= GOES_ON).any(axis=0))
    breaks = np.flatnonzero(np.diff(film.times_ms[good]) > lag_ms / 2) + 1
    part = max(np.split(good, breaks), key=lambda each: int(inside[each].sum()))
    if not len(part):
        return None
    start_ms, end_ms = ends(film.times_ms, int(part[0]), int(part[-1]))
    return Loop(start_ms, end_ms, lag_ms)
