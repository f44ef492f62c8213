"""Places the line of a run between the samples."""

import numpy as np

from app.core.temporal.runs import Floats, Ints, Timeline, slope

FITTED_POINTS = 600
"""A fit looks at every pair of points; more of them add cost and no precision."""
SLOPE_SPAN_MS = 4_000
"""Frames of the query that lie closer together say nothing about the speed."""
SLOPE_NOISE = 0.025


def refined(
    left: Floats,
    sides: tuple[Timeline, Timeline],
    chosen: tuple[Ints, Ints],
    speed: float,
    *,
    fit: bool,
) -> tuple[float, float]:
    """Give speed and offset by the peak of each frame's similarity; with `fit` the speed is measured."""
    query, known = sides
    rows, columns = chosen
    peaks = np.array(
        [_between(left[row], known, column) for row, column in zip(*chosen, strict=True)]
    )
    times = query.times_ms[rows].astype(np.float64)
    if fit and len(rows) >= 4 and np.ptp(times) >= SLOPE_SPAN_MS:
        some = np.linspace(0, len(rows) - 1, min(len(rows), FITTED_POINTS)).round().astype(int)
        found = slope(times[some], peaks[some])
        if 0.5 <= abs(found) <= 2.0 and abs(found - speed) < 0.2 * abs(speed):
            speed = found if abs(found - 1.0) > SLOPE_NOISE else 1.0
    weights = left[rows, columns]
    return speed, _weighted_median(peaks - speed * times, weights)


def _between(row: Floats, known: Timeline, column: int) -> float:
    """Give the time at which a query frame fits best, by a parabola through three samples."""
    time = float(known.times_ms[column])
    if not 0 < column < len(row) - 1:
        return time
    before, peak, after = row[column - 1], row[column], row[column + 1]
    bend = before - 2 * peak + after
    if min(before, after) <= 0 or bend >= -1e-6:
        return time
    shift = float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))
    step = known.times_ms[column + (1 if shift > 0 else -1)] - known.times_ms[column]
    return time + abs(shift) * float(step)


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
