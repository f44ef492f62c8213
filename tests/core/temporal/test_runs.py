import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from app.core.temporal.overlapping import without_overlap
from app.core.temporal.runs import Run, Timeline, placed, shown_until

NONE = np.empty(0, np.int64)


def known(duration_ms: int) -> Timeline:
    return Timeline(NONE, np.empty(0, np.int32), duration_ms)


@pytest.mark.parametrize(
    ("start_ms", "duration_ms", "all_of_it"),
    [
        (0, 3_000, True),
        (500, 5_000, True),
        (0, 5_500, False),
        (4_000, 7_000, False),
        (30_000, 60_000, False),
    ],
)
@pytest.mark.parametrize("speed", [1.0, -1.0])
def test_a_short_known_item_is_reached_from_everywhere(
    start_ms: int, duration_ms: int, speed: float, *, all_of_it: bool
) -> None:
    offset_ms = start_ms if speed > 0 else start_ms + 2_000
    shown = (start_ms, start_ms + 2_000)
    run = Run(NONE, NONE, np.empty(0), speed, offset_ms, (0, 2_000), shown)
    assert run.reaches_all(known(duration_ms), 6_000.0) is all_of_it


def run(start_ms: int, end_ms: int, speed: float = 1.0, offset_ms: float = 0.0) -> Run:
    first, last = sorted(round(speed * at + offset_ms) for at in (start_ms, end_ms))
    return Run(NONE, NONE, np.empty(0), speed, offset_ms, (start_ms, end_ms), (first, last))


@pytest.mark.parametrize(
    ("mine", "taken", "left"),
    [
        ((0, 30_000), [(40_000, 50_000)], [(0, 30_000)]),
        ((0, 30_000), [(20_000, 50_000)], [(0, 20_000)]),
        ((0, 30_000), [(10_000, 20_000)], [(0, 10_000), (20_000, 30_000)]),
        ((0, 30_000), [(10_000, 20_000), (0, 10_000)], [(20_000, 30_000)]),
        ((0, 30_000), [(0, 10_000), (10_000, 20_000)], [(20_000, 30_000)]),
        ((0, 30_000), [(5_000, 15_000), (12_000, 40_000)], [(0, 5_000)]),
        ((0, 30_000), [(0, 20_000), (10_000, 30_000)], []),
        ((0, 30_000), [(10_000, 10_000)], [(0, 30_000)]),
        ((5_000, 5_000), [(0, 10_000)], []),
        ((5_000, 5_000), [(5_000, 10_000)], [(5_000, 5_000)]),
        ((0, 0), [(0, 0)], [(0, 0)]),
    ],
)
def test_what_better_runs_explain_is_taken_away_wherever_it_is(
    mine: tuple[int, int], taken: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    found = without_overlap(run(*mine), taken)
    assert [each.query_ms for each in found] == left


@pytest.mark.parametrize("speed", [1.5, -1.5])
def test_the_parts_of_a_run_stay_on_its_line(speed: float) -> None:
    whole = run(0, 30_000, speed, 50_000)
    first, second = without_overlap(whole, [(10_000, 20_000)])
    assert first.known_ms == tuple(sorted((50_000, round(50_000 + speed * 10_000))))
    ends = (round(50_000 + speed * each) for each in (20_000, 30_000))
    assert second.known_ms == tuple(sorted(ends))


def test_no_part_of_a_run_begins_before_the_known_item() -> None:
    line = (1.9, -2_991.3)
    whole = placed(run(0, 10_000), known(40_000), line, (0, 10_000))
    first, *_ = without_overlap(whole, [(5_000, 6_000)])
    assert (first.query_ms[0], first.known_ms[0]) == (1_574, 0)


def test_the_parts_of_a_run_over_a_still_show_its_only_moment() -> None:
    whole = replace(run(0, 30_000), known_ms=(0, 0))
    parts = without_overlap(whole, [(10_000, 20_000)])
    assert [each.known_ms for each in parts] == [(0, 0), (0, 0)]


def test_the_frame_nearest_to_a_time_is_given_also_outside() -> None:
    times = np.array([0, 1_000, 1_400, 9_000])
    frames = Timeline(times, np.zeros(4, np.int32), 10_000)
    wanted = np.array([-5_000.0, 499, 500, 501, 1_201, 5_300, 20_000])
    assert frames.nearest(wanted).tolist() == [0, 0, 0, 1, 2, 3, 3]
    assert Timeline(times[:1], np.zeros(1, np.int32), 0).nearest(wanted).tolist() == [0] * 7


def test_the_frames_of_hours_are_looked_up_without_comparing_all_with_all() -> None:
    times = 1_000 * np.arange(7_200, dtype=np.int64)
    frames = Timeline(times, np.zeros(7_200, np.int32), 7_200_000)
    tracemalloc.start()
    assert (frames.nearest(times + 300) == np.arange(7_200)).all()
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def frames(times_ms: list[int], duration_ms: int) -> Timeline:
    return Timeline(np.array(times_ms), np.zeros(len(times_ms), np.int32), duration_ms)


SECONDS = list(range(0, 60_000, 1_000))


@pytest.mark.parametrize(
    ("mine", "theirs", "until_ms"),
    [
        (frames(SECONDS[:10], 10_400), frames(SECONDS, 60_000), 10_400),
        (frames(SECONDS[:10], 40_000), frames(SECONDS, 60_000), 10_000),
        (frames([0, 5_000, 10_000], 15_000), frames(SECONDS, 60_000), 15_000),
        (frames(SECONDS[:10], 40_000), frames(SECONDS[:30], 60_000), 40_000),
        (frames(SECONDS[:10], 40_000), frames([*SECONDS[:30], 45_000], 60_000), 25_000),
        (frames([0], 40_000), frames(SECONDS, 60_000), 40_000),
    ],
)
def test_a_last_picture_shows_no_more_than_it_lasts(
    mine: Timeline, theirs: Timeline, until_ms: int
) -> None:
    assert shown_until(mine, theirs, (1.0, 20_000.0)) == until_ms
