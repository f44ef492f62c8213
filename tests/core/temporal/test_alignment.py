import numpy as np
import pytest

from app.core.temporal.alignment import align
from app.core.temporal.runs import Timeline


def timeline(count: int, phase_ms: int = 0, duration_ms: int | None = None) -> Timeline:
    times = np.arange(count, dtype=np.int64) * 1000 + phase_ms
    return Timeline(times, np.zeros(count, np.int32), duration_ms or int(times[-1]) + 1000)


def moving(query: Timeline, known: Timeline, speed: float, offset_ms: float) -> np.ndarray:
    """Similarity of footage in which frames are the less alike the further apart they are."""
    away = np.abs(known.times_ms[None] - (speed * query.times_ms[:, None] + offset_ms))
    return np.clip(0.9 - 0.4 * away / 1000, 0.0, 1.0)


def test_an_excerpt_is_placed_within_half_a_second_between_the_samples() -> None:
    query, known = timeline(8), timeline(60)
    run = align(moving(query, known, 1.0, 20_400), query, known, 0.28)[0]
    assert run.query_ms == (0, 8000)
    assert abs(run.known_ms[0] - 20_400) <= 500
    assert abs(run.known_ms[1] - 28_400) <= 500
    assert run.speed == 1.0


def test_old_footage_inside_a_longer_upload_covers_all_of_the_known_item() -> None:
    query, known = timeline(60), timeline(10)
    run = align(moving(query, known, 1.0, -30_300), query, known, 0.28)[0]
    assert abs(run.query_ms[0] - 30_300) <= 500
    assert run.known_ms[1] - run.known_ms[0] >= 9_000


def test_a_changed_speed_is_measured_within_three_percent() -> None:
    query, known = timeline(20), timeline(60)
    run = align(moving(query, known, 1.5, 5_000), query, known, 0.28)[0]
    assert abs(run.speed - 1.5) <= 0.045


def test_rearranged_footage_gives_several_runs_that_do_not_overlap() -> None:
    query, known = timeline(20), timeline(60)
    similarity = moving(query, known, 1.0, 30_000)
    similarity[10:] = moving(query, known, 1.0, -8_000)[10:]
    runs = align(similarity, query, known, 0.28)[:2]
    first, second = sorted(run.query_ms for run in runs)
    assert first[1] <= second[0]
    assert abs(first[1] - 10_000) <= 1000


def test_nothing_alike_gives_no_run() -> None:
    query, known = timeline(5), timeline(5)
    assert align(np.zeros((5, 5)), query, known, 0.28) == []


def test_a_still_is_placed_in_a_clip() -> None:
    still = Timeline(np.zeros(1, np.int64), np.zeros(1, np.int32), 0)
    known = timeline(20)
    run = align(moving(still, known, 1.0, 7_000), still, known, 0.28)[0]
    assert run.query_ms == (0, 0)
    assert run.known_ms[0] <= 7_000 <= run.known_ms[1]


def test_a_known_moment_is_too_short_to_tell_a_speed() -> None:
    query, known = timeline(8), Timeline(np.arange(6) * 80, np.zeros(6, np.int32), 500)
    static = np.full((8, 6), 0.88)
    static[3] = 0.97
    run = align(static, query, known, 0.28)[0]
    assert (run.speed, run.known_ms) == (1.0, (0, 500))
    assert abs(run.query_ms[0] - 3_000) <= 200


def test_a_static_clip_played_twice_is_two_runs_at_normal_speed() -> None:
    known, query = timeline(10), timeline(20)
    similarity = np.full((20, 10), 0.75)
    for second in range(20):
        similarity[second, second % 10] = 0.92
    first, second = sorted(align(similarity, query, known, 0.28), key=lambda run: run.query_ms)
    assert (first.speed, second.speed) == (1.0, 1.0)
    assert first.query_ms[0] == 0
    assert second.query_ms[1] == 20_000
    assert abs(first.query_ms[1] - 10_000) <= 1_000
    assert abs(second.known_ms[0]) <= 1_000


def test_a_run_is_cut_where_a_better_one_lies_inside_of_it() -> None:
    query, known = timeline(9), timeline(60)
    similarity = np.where(moving(query, known, 1.0, 30_000) > 0.8, 0.3, 0.0)
    similarity[3:5] = moving(query, known, 1.0, 5_000)[3:5]
    better, other = align(similarity, query, known, 0.28)
    assert better.query_ms == (2_500, 4_500)
    assert other.query_ms == (4_500, 9_000)
    assert other.known_ms == (34_500, 39_000)


def slides(step_ms: int) -> Timeline:
    """Eight slides of 5 s each, of which frames are given every `step_ms`."""
    times = np.arange(0, 40_000, step_ms, dtype=np.int64)
    return Timeline(times, (times // 5_000).astype(np.int32), 40_000)


@pytest.mark.parametrize("query_step_ms", [5_000, 1_000])
@pytest.mark.parametrize("known_step_ms", [5_000, 1_000])
def test_slides_that_stand_for_seconds_are_one_run(query_step_ms: int, known_step_ms: int) -> None:
    query, known = slides(query_step_ms), slides(known_step_ms)
    similarity = np.where(query.shots[:, None] == known.shots, 0.9, 0.1)
    (run,) = align(similarity, query, known, 0.28)
    assert (run.query_ms, run.known_ms, run.speed) == ((0, 40_000), (0, 40_000), 1.0)
    assert run.query_rows.tolist() == list(range(len(query.times_ms)))
    assert (query.shots[run.query_rows] == known.shots[run.known_rows]).all()


def test_a_part_of_slides_that_stand_begins_within_one_of_them() -> None:
    known, query = slides(5_000), Timeline(np.arange(12) * 1_000, np.zeros(12, np.int32), 12_000)
    shown = (query.times_ms + 18_000) // 5_000
    (run,) = align(np.where(shown[:, None] == known.shots, 0.9, 0.1), query, known, 0.28)
    assert run.query_ms == (0, 12_000)
    assert abs(run.known_ms[0] - 18_000) <= 1_000
