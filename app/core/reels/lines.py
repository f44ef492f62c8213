"""Lines of time, known = speed · query + offset, along which two films are alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.reels.between import EDGE_MS, Alike, Line, Moments

STEP_MS = 100.0
SPEEDS = np.geomspace(0.5, 2.0, 41)
BROAD_MS = 20_000
"""In shorter runs the frames' descriptors say little about the speed."""
NARROW = 0.06
FINER = np.linspace(-0.035, 0.035, 15)
TOLD = 0.85
"""Share of the pictures that tell a speed from another: one beside a cut says anything."""
MARGINS = ((90, 0.004), (60, 0.01), (0, 0.02))
"""By how much a speed must agree better than normal speed, where it moves the ends by so many ms."""
ALL_ALONG = 1.5
"""Standard errors by which a speed must agree better in most pictures, not in a few: at changed speeds
2.2 to 11, where next to nothing moved and the speed was chance 0.7 to 1.3."""
PLATEAU = 0.01
"""Lines that pass by the same pictures score the same."""
ROUGHLY = 4
"""Moments looked up in a step, while no line is chosen yet: 25 ms off says nothing."""
REACH_MS = 6_000.0
"""How far from where alignment put it the line is looked for."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The likeness of each picture to the known moments that are there, and the row of every moment.

    Moments are STEP_MS / ROUGHLY apart; those that are not there share the last row, of zeros.
    """

    likeness: Floats
    rows: NDArray[np.int64]


class Lines:
    """Lines from the moments of one film to those of another."""

    def __init__(self, alike: Alike, mine_ms: Floats, theirs_ms: Floats) -> None:
        self.alike, self.mine_ms, self.theirs_ms = alike, mine_ms, theirs_ms
        self.middle_ms = float(mine_ms.mean())

    def moments(self, speed: float, middles_ms: Floats) -> Moments:
        """Give for lines through some known times at the middle the known moments, line by line."""
        wanted = middles_ms[:, None] + speed * (self.mine_ms - self.middle_ms)
        return Moments.of(self.theirs_ms, wanted, speed)

    def scores(self, speed: float, middles_ms: Floats, told: float = 1.0) -> Floats:
        """Give the mean likeness along each line, of a share of it; where no known picture is, it is 0."""
        found = self._likeness(speed, middles_ms)
        if told < 1.0:
            least = round((1 - told) * found.shape[1])
            found = np.partition(found, least, axis=1)[:, least:] if least else found
        return np.asarray(found.mean(axis=1), np.float64)

    def _likeness(self, speed: float, middles_ms: Floats) -> Floats:
        moments = self.moments(speed, middles_ms)
        return np.where(moments.there, self.alike.at(moments), 0.0)

    def best(self, line: Line, reach_ms: float = REACH_MS) -> Line:
        """Give speed and offset of the best line near another one."""
        centre = line[0] * self.middle_ms + line[1]
        offsets = centre + np.arange(-reach_ms, reach_ms + 1, STEP_MS)
        table = self._table()
        tried = [
            (float(s), *_peak(self._roughly(table, s, offsets), offsets))
            for s in self._speeds(line[0])
        ]
        speed, score, middle = max(tried, key=lambda each: each[1])
        near = middle + np.arange(-8, 9) * STEP_MS / 4
        straight = max((each for each in tried if each[0] == 1), key=lambda each: each[1])
        finer = speed * (1 + FINER)
        told = [(float(s), *_peak(self.scores(s, near, TOLD), near)) for s in finer]
        speed, score, middle = max(told, key=lambda each: each[1])
        close = straight[2] + np.arange(-4, 5) * STEP_MS / 4
        straight = (1.0, *_peak(self.scores(1.0, close, TOLD), close))
        if straight[1] >= score - self._margin(speed) or not self._told(speed, middle, straight[2]):
            speed, middle = 1.0, straight[2]
        fine = middle + np.arange(-2, 2.01, 0.2) * STEP_MS
        _, middle = _peak(self.scores(speed, fine), fine)
        return speed, middle - speed * self.middle_ms

    def _table(self) -> _Table:
        """Look up each picture at every known moment, and at one before and one after them."""
        step_ms = STEP_MS / ROUGHLY
        wanted = np.arange(self.theirs_ms[0] - EDGE_MS, self.theirs_ms[-1] + EDGE_MS + 1, step_ms)
        # Of a long run only stretches are looked at, which lie far apart.
        places = np.flatnonzero(Moments.of(self.theirs_ms, wanted, 1.0).there)
        there = np.tile(wanted[places, None], len(self.mine_ms))
        found = self.alike.at(Moments.of(self.theirs_ms, there, 1.0))
        rows = np.full(len(wanted) + 2, len(places))
        rows[places + 1] = np.arange(len(places))
        return _Table(np.pad(found, ((0, 1), (0, 0))), rows)

    def _roughly(self, table: _Table, speed: float, middles_ms: Floats) -> Floats:
        """Give the mean likeness along lines STEP_MS apart, from the table's nearest moments."""
        start_ms = middles_ms[0] - (self.theirs_ms[0] - EDGE_MS)
        first = (start_ms + speed * (self.mine_ms - self.middle_ms)) * ROUGHLY / STEP_MS
        places = 1 + np.rint(first).astype(np.int64) + ROUGHLY * np.arange(len(middles_ms))[:, None]
        rows = table.rows[np.minimum(np.maximum(places, 0), len(table.rows) - 1)]
        pictures = len(self.mine_ms)
        inside = rows * pictures + np.arange(pictures)
        return np.asarray(table.likeness.ravel().take(inside).mean(axis=1), np.float64)

    def _margin(self, speed: float) -> float:
        """Give by how much a speed must agree better than normal speed to be believed."""
        moved_ms = abs(speed - 1) * float(np.ptp(self.mine_ms))
        return next(margin for least_ms, margin in MARGINS if moved_ms >= least_ms)

    def _told(self, speed: float, middle_ms: float, straight_ms: float) -> bool:
        """Say whether a speed agrees better than normal speed all along, through these known times."""
        changed = self._likeness(speed, np.array([middle_ms]))
        better = changed[0] - self._likeness(1.0, np.array([straight_ms]))[0]
        return bool(better.mean() * np.sqrt(len(better)) >= ALL_ALONG * better.std())

    def _speeds(self, speed: float) -> Floats:
        span_ms = float(np.ptp(self.mine_ms))
        steps = int(np.clip(NARROW * span_ms / 400, 3, 60))
        narrow = speed * (1 + np.linspace(-NARROW, NARROW, 2 * steps + 1))
        if span_ms >= BROAD_MS:
            return np.unique(np.concatenate([narrow, [1.0, -1.0]]))
        if span_ms < 1_500:
            return np.array([1.0, -1.0, speed])
        return np.unique(np.concatenate([narrow, SPEEDS, -SPEEDS, [1.0, -1.0]]))


def _peak(scores: Floats, places: Floats) -> tuple[float, float]:
    """Give the highest score and its place: the middle of what scores nearly as high around it."""
    top = int(scores.argmax())
    high = scores >= scores[top] - PLATEAU * abs(scores[top])
    first, last = top, top
    while first > 0 and high[first - 1]:
        first -= 1
    while last + 1 < len(scores) and high[last + 1]:
        last += 1
    return float(scores[top]), float((places[first] + places[last]) / 2)
