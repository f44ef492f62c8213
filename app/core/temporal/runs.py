"""A stretch of aligned frames, and where it begins and ends on both sides."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

STANDS_FROM_MS, STANDS_MS = 1_500, 1_000
"""Sampled frames that last longer stand, as slides and screens do; how often such a one is given."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the frames of one side play, and how long it lasts (0: a still)."""

    times_ms: Ints
    shots: NDArray[np.int32]
    duration_ms: int

    def nearest(self, wanted_ms: NDArray[Any]) -> Ints:
        """Give the row of the frame nearest to each of some times."""
        after = np.minimum(np.searchsorted(self.times_ms, wanted_ms), len(self.times_ms) - 1)
        before = np.maximum(after - 1, 0)
        nearer = wanted_ms - self.times_ms[before] <= self.times_ms[after] - wanted_ms
        return np.asarray(np.where(nearer, before, after), np.int64)

    def standing(self, every_ms: int = STANDS_MS) -> tuple["Timeline", Ints]:
        """Give it with frames that stand given again until the next one, and the row of each."""
        lasting_ms = np.diff(self.times_ms, append=self.duration_ms)
        again = np.where(lasting_ms > STANDS_FROM_MS, (lasting_ms - 1) // every_ms, 0)
        rows = np.repeat(np.arange(len(again)), 1 + again)
        since = np.arange(len(rows)) - np.searchsorted(rows, rows)
        times_ms = self.times_ms[rows] + every_ms * since
        return Timeline(times_ms, self.shots[rows], self.duration_ms), rows


STILL = Timeline(np.zeros(1, np.int64), np.zeros(1, np.int32), 0)
"""What never plays."""


@dataclass(frozen=True, slots=True)
class Run:
    """Aligned frames of one stretch: rows of both sides and their similarity."""

    query_rows: Ints
    known_rows: Ints
    scores: Floats
    speed: float
    offset_ms: float
    query_ms: tuple[int, int]
    known_ms: tuple[int, int]

    @property
    def line(self) -> tuple[float, float]:
        """Its speed and offset in ms: known = speed · query + offset."""
        return self.speed, self.offset_ms

    @property
    def length_ms(self) -> int:
        """How long it lasts in the query."""
        return self.query_ms[1] - self.query_ms[0]

    @property
    def stands(self) -> bool:
        """Whether it stays at one moment of the known item, which may be a still."""
        return self.known_ms[0] == self.known_ms[1]

    @property
    def score(self) -> float:
        """The mean similarity of the aligned frames, at most 1: rounded vectors are a little too long."""
        return min(1.0, float(self.scores.mean()))

    @property
    def weight(self) -> float:
        """The summed similarity of the aligned frames."""
        return float(self.scores.sum())

    def reaches_all(self, known: Timeline, reach_ms: float) -> bool:
        """Say whether lines more than `reach_ms` from this one, of up to double speed, show nothing."""
        middle_ms = self.speed * sum(self.query_ms) / 2 + self.offset_ms
        return max(middle_ms, known.duration_ms - middle_ms) <= reach_ms - self.length_ms


def slope(x: Floats, y: Floats) -> float:
    """Give the median slope of all pairs of points far apart (Theil and Sen)."""
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first] >= 0.5 * np.ptp(x)
    return float(np.median((y[second] - y[first])[apart] / (x[second] - x[first])[apart]))


def bounded(
    left: Floats,
    query: Timeline,
    known: Timeline,
    chosen: tuple[Ints, Ints],
    line: tuple[float, float],
) -> Run:
    """Give the run its ends: at cuts exactly, else half a sampling step outwards, within both items."""
    rows, columns = chosen
    free = Run(rows, columns, left[rows, columns], *line, (0, 0), (0, 0))
    return relined(free, query, known, line)


def relined(run: Run, query: Timeline, known: Timeline, line: tuple[float, float]) -> Run:
    """Give the run along another line (speed, offset), with the ends that follow from it."""
    start, end = _reach(query, int(run.query_rows[0]), int(run.query_rows[-1]))
    if known.duration_ms and query.duration_ms:
        end = min(end, shown_until(query, known, line))
        return placed(run, known, line, (start, end))
    reach = (0.0, 0.0)
    if known.duration_ms:
        reach = _reach(known, int(run.known_rows.min()), int(run.known_rows.max()))
    return replace(
        run,
        speed=line[0],
        offset_ms=line[1],
        query_ms=(round(start), round(end)),
        known_ms=(round(reach[0]), round(reach[1])),
    )


def placed(
    run: Run, known: Timeline, line: tuple[float, float], query_ms: tuple[float, float]
) -> Run:
    """Give the run along a line (speed, offset) within a stretch of the query and within the known item.

    A negative speed says that the query plays backwards.
    """
    speed, offset = line
    first, last = sorted([-offset / speed, (known.duration_ms - offset) / speed])
    start = max(query_ms[0], first)
    end = max(start, min(query_ms[1], last))
    shown = sorted([speed * start + offset, speed * end + offset])
    return replace(
        run,
        speed=speed,
        offset_ms=offset,
        query_ms=(round(start), round(end)),
        known_ms=(round(max(0.0, shown[0])), round(max(0.0, shown[1]))),
    )


def shown_until(query: Timeline, known: Timeline, line: tuple[float, float]) -> float:
    """Give until when the query's last frame can show the known item along a line.

    That is the end, but where the sound goes on after the pictures: then only as long as frames last,
    or as the known item stands there, too.
    """
    times_ms, (speed, offset) = query.times_ms, line
    longest_ms = max(STANDS_FROM_MS, int(np.diff(times_ms).max(initial=0)))
    if len(times_ms) < 2 or query.duration_ms - times_ms[-1] <= longest_ms:
        return query.duration_ms
    usual_ms = float(times_ms[-1] + STANDS_MS)
    frame = int(np.searchsorted(known.times_ms, speed * usual_ms + offset, "right")) - 1
    borders_ms = [*known.times_ms[max(0, frame) :][:2].tolist(), known.duration_ms][:2]
    if borders_ms[1] - borders_ms[0] <= STANDS_FROM_MS:
        return usual_ms
    there_ms = borders_ms[1] if speed > 0 else borders_ms[0]
    return min(query.duration_ms, max(usual_ms, float(there_ms - offset) / speed))


def _reach(side: Timeline, first: int, last: int) -> tuple[float, float]:
    """Give how far a stretch of sampled frames can be taken to reach."""
    times = side.times_ms
    start, end = 0.0, float(side.duration_ms)
    if first > 0:
        cut = side.shots[first] != side.shots[first - 1]
        start = float(times[first] if cut else (times[first] + times[first - 1]) / 2)
    if last + 1 < len(times):
        cut = side.shots[last] != side.shots[last + 1]
        end = float(times[last + 1] if cut else (times[last] + times[last + 1]) / 2)
    return start, end


def of_frames(run: Run, rows: Ints, columns: Ints) -> Run:
    """Give a run of standing frames the rows of either side's own frames, the query's once each."""
    query_rows, first = np.unique(rows[run.query_rows], return_index=True)
    known_rows = columns[run.known_rows[first]]
    return replace(run, query_rows=query_rows, known_rows=known_rows, scores=run.scores[first])
