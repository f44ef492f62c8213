import numpy as np
import pytest

from app.core.fingerprints.reel import Reel, Stretch
from app.core.reels.course import MOST_KNOWN, Course, course, stretches
from app.core.temporal.runs import Run
from tests.core.films import STEP_MS, Film, moving, overlay, panned, reel_of


def run_of(length_ms: int, offset_ms: float, speed: float = 1.0) -> Run:
    rows = np.zeros(1, np.int64)
    shown = (round(offset_ms), round(offset_ms + speed * length_ms))
    return Run(rows, rows, np.ones(1), speed, offset_ms, (0, length_ms), shown)


def found(query: Film, known: Film, run: Run) -> Course:
    line = (run.speed, run.offset_ms)
    films = stretches(line, run.query_ms, (reel_of(query), reel_of(known)))
    way = course(line, films, overlay())
    assert way is not None
    return way


def test_the_moment_is_found_though_alignment_was_off() -> None:
    known = moving(frames=80, seed=1)
    way = found(known[20:50], known, run_of(6_000, 5_100.0))
    assert way.speed == pytest.approx(1.0, abs=0.01)
    assert way.offset_ms == pytest.approx(4_000, abs=60)
    assert way.motion > 0.8
    assert way.motion > way.beside + 0.4
    assert way.asked > 5
    assert way.agreeing > 0.9


def test_a_changed_speed_is_measured() -> None:
    known = moving(frames=160, seed=2)
    fast = known[20:120:2]
    way = found(fast, known, run_of(9_800, 4_000.0, 1.8))
    assert way.speed == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("late_ms", [30, 90, 150])
def test_a_moment_between_two_pictures_is_found_to_half_a_step(late_ms: int) -> None:
    known = panned(np.arange(0, 16, 0.2), seed=1)
    query = panned(4 + late_ms / 1000 + np.arange(0, 6, 0.2), seed=1)
    way = found(query, known, run_of(6_000, 5_100.0))
    assert way.speed == pytest.approx(1.0, abs=0.01)
    assert way.offset_ms == pytest.approx(4_000 + late_ms, abs=STEP_MS / 2)
    assert way.motion > 0.8


def test_a_film_a_quarter_faster_is_measured() -> None:
    known = panned(np.arange(0, 20, 0.2), seed=2)
    query = panned(3.0 + 1.25 * np.arange(0, 8, 0.2), seed=2)
    way = found(query, known, run_of(8_000, 3_400.0))
    assert way.speed == pytest.approx(1.25, rel=0.02)
    assert way.speed * 4_000 + way.offset_ms == pytest.approx(8_000, abs=60)


@pytest.mark.parametrize("cut", [9, 11, 13, 25])
def test_one_picture_before_a_cut_makes_no_other_speed(cut: int) -> None:
    before, after = moving(cut, seed=1, room=1), moving(60 - cut, seed=2, room=2)
    known = np.concatenate([before, after])
    times = np.arange(60) * 80
    shown = np.arange(5, 35, 2)
    query = known[shown].copy()
    # The picture after the cut still shows what was before it, as when frames are timed anew.
    query[np.searchsorted(shown, cut)] = before[-1]
    films = (Stretch(times[shown] - times[5], query), Stretch(times, known))
    way = course((1.0, float(times[5])), films, overlay())
    assert way is not None
    assert way.speed == 1.0


def test_backwards_is_a_negative_speed() -> None:
    known = moving(frames=80, seed=3)
    way = found(known[20:60][::-1], known, run_of(7_800, 4_000.0))
    assert way.speed == pytest.approx(-1.0, abs=0.02)
    assert way.motion > 0.8


def test_another_take_in_the_same_room_does_not_move_alike() -> None:
    query, known = moving(frames=30, seed=4, room=7), moving(frames=80, seed=5, room=7)
    way = found(query, known, run_of(6_000, 4_000.0))
    assert way.moving > 3
    assert way.motion < 0.4
    assert way.agreeing < 0.4


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_another_way_over_the_same_ground_does_not_move_alike(seed: int) -> None:
    known = panned(np.arange(0, 16, 0.2), seed)
    query = panned(np.arange(0, 6, 0.2), seed, pan=1)
    way = found(query, known, run_of(6_000, 4_000.0))
    assert way.moving > 3
    assert way.motion < 0.3
    assert way.agreeing < 0.2


def test_what_stands_still_says_nothing() -> None:
    still = np.repeat(moving(frames=1, seed=6), 40, axis=0)
    way = found(still[:20], still, run_of(4_000, 0.0))
    assert way.asked == 0
    assert way.motion < 0.2


def long_reel(length_ms: int) -> Reel:
    """A reel of one picture that is seen again and again."""
    places = np.zeros(length_ms // STEP_MS, np.int64)
    return Reel(STEP_MS * np.arange(len(places)), reel_of(moving(1, seed=1)).tiles, places)


@pytest.mark.parametrize("minutes", [1, 3, 120])
@pytest.mark.parametrize("reach_ms", [6_000.0, 30_000.0])
@pytest.mark.parametrize("speed", [1.0, -1.0, 2.0])
def test_every_picture_of_a_long_run_has_its_known_moment(
    minutes: int, reach_ms: float, speed: float
) -> None:
    length_ms = minutes * 60_000
    query, known = long_reel(length_ms), long_reel(round(length_ms * abs(speed)) + STEP_MS)
    line = (speed, 0.0 if speed > 0 else float(length_ms))
    mine, theirs = stretches(line, (0, length_ms), (query, known), reach_ms)
    assert len(mine) > 100
    assert len(theirs) <= MOST_KNOWN
    expected = speed * mine.times_ms + line[1]
    assert np.isin(expected, theirs.times_ms).all()
    assert np.ptp(mine.times_ms) > min(length_ms, 50_000 / abs(speed)) - 5_000


def test_of_a_short_run_everything_near_is_looked_at() -> None:
    query, known = long_reel(50_000), long_reel(200_000)
    mine, theirs = stretches((1.0, 80_000.0), (0, 50_000), (query, known), 30_000.0)
    assert (theirs.times_ms[0], theirs.times_ms[-1]) == (50_000, 159_800)
    assert (mine.times_ms[0], mine.times_ms[-1], len(mine)) == (0, 49_800, 120)
