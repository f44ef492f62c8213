import tracemalloc

import numpy as np
import pytest

from app.core.temporal import standing
from app.core.temporal.alignment import GAP_MS, align
from app.core.temporal.runs import STANDS_MS, Timeline

HOUR_MS = 3_600_000


def slides(hours: float, every_ms: int = 30_000) -> Timeline:
    times_ms = np.arange(0, int(hours * HOUR_MS), every_ms)
    return Timeline(times_ms, np.arange(len(times_ms), dtype=np.int32), int(hours * HOUR_MS))


def test_recordings_of_slides_for_hours_are_aligned_in_little_memory() -> None:
    query, known = slides(2), slides(6)
    alike = np.where(query.times_ms[:, None] + HOUR_MS == known.times_ms, 0.9, 0.05)
    tracemalloc.start()
    (run,) = align(alike, query, known, 0.28)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (run.query_ms, run.known_ms) == ((0, 2 * HOUR_MS), (HOUR_MS, 3 * HOUR_MS))
    assert run.query_rows.tolist() == list(range(query.times_ms.size))
    assert most_bytes < 500e6


@pytest.mark.parametrize("every_ms", [2_700, 5_900, 30_000])
def test_slides_given_less_often_are_aligned_as_well(
    every_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, known = slides(0.05, every_ms), slides(0.1, every_ms)
    offset_ms = 10 * every_ms
    alike = np.where(query.times_ms[:, None] + offset_ms == known.times_ms, 0.9, 0.05)
    (often,) = align(alike, query, known, 0.28)
    monkeypatch.setattr(standing, "PAIRS_MOST", 0)
    (seldom,) = align(alike, query, known, 0.28)
    assert seldom.query_ms == often.query_ms
    assert seldom.known_ms == often.known_ms
    assert np.array_equal(seldom.query_rows, often.query_rows)


def test_pauses_between_slides_given_less_often_are_bridged() -> None:
    assert standing.SELDOM_MOST * STANDS_MS <= GAP_MS
