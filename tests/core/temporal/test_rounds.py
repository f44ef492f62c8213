import numpy as np

from app.core.temporal.rounds import rounds
from app.core.temporal.runs import Floats, Ints, Timeline

SECONDS = 30


def timeline(count: int) -> Timeline:
    times_ms = 1000 * np.arange(count, dtype=np.int64)
    return Timeline(times_ms, np.zeros(count, np.int32), 1000 * count)


def shown(moments: Ints, usual: float) -> Floats:
    """How alike frames are that show these moments of a known item, which all are `usual` alike."""
    away = np.abs(np.arange(SECONDS) - moments[:, None])
    return usual + (0.97 - usual) * np.clip(1 - away / 2, 0, 1)


def test_each_round_of_a_loop_before_a_camera_that_stands_still_lies_at_its_moment() -> None:
    loop = np.tile(np.arange(10, 13), 6)
    alike = shown(loop, usual=0.8)
    runs = rounds(alike, timeline(len(loop)), timeline(SECONDS))
    assert sorted(row for run in runs for row in run.query_rows.tolist()) == list(range(18))
    for run in runs:
        assert np.all(np.abs(run.known_rows - loop[run.query_rows]) <= 1)
        assert run.speed == 1.0
        assert np.array_equal(run.scores, alike[run.query_rows, run.known_rows])


def test_where_few_frames_look_alike_nothing_is_rounds() -> None:
    loop = np.tile(np.arange(10, 13), 6)
    assert rounds(shown(loop, usual=0.3), timeline(18), timeline(SECONDS)) == []


def test_what_plays_once_is_left_to_the_usual_alignment() -> None:
    once = np.arange(8, 26)
    assert rounds(shown(once, usual=0.8), timeline(18), timeline(SECONDS)) == []


def test_where_nothing_happens_no_moment_is_told_from_another() -> None:
    same = np.full((18, SECONDS), 0.98) + np.random.default_rng(0).normal(0, 0.004, (18, SECONDS))
    assert rounds(same, timeline(18), timeline(SECONDS)) == []
