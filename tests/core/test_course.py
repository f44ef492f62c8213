import numpy as np
import pytest

from app.core.course import Course, course
from app.core.extent import extent
from app.core.films import Overlay, pixels_of, shares_of
from app.core.hidden import hidden_boxes
from app.core.runs import Run
from tests.core.films import Film, moving, reel_of

SAME = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def overlay() -> Overlay:
    found = Overlay.of(SAME, mirrored=False)
    assert found is not None
    return found


def run_of(length_ms: int, offset_ms: float, speed: float = 1.0) -> Run:
    rows = np.zeros(1, np.int64)
    shown = (round(offset_ms), round(offset_ms + speed * length_ms))
    return Run(rows, rows, np.ones(1), speed, offset_ms, (0, length_ms), shown)


def found(query: Film, known: Film, run: Run) -> Course:
    way = course(run, (reel_of(query), reel_of(known)), overlay())
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


def test_what_stands_still_says_nothing() -> None:
    still = np.repeat(moving(frames=1, seed=6), 40, axis=0)
    way = found(still[:20], still, run_of(4_000, 0.0))
    assert way.asked == 0
    assert way.motion < 0.2


def test_a_stretch_ends_where_other_pictures_begin() -> None:
    known = moving(frames=80, seed=8)
    query = np.concatenate([moving(20, 9, room=3), known[30:55], moving(20, 10, room=4)])
    reach = extent((1.0, 2_000.0), (3_000, 10_500), (reel_of(query), reel_of(known)), overlay())
    assert reach is not None
    assert reach.start_ms == pytest.approx(4_000, abs=200)
    assert reach.end_ms == pytest.approx(9_000, abs=200)
    assert reach.agreement > 0.8
    assert reach.hidden.sum() == 0


def test_nothing_alike_has_no_extent() -> None:
    reels = (reel_of(moving(20, 11, room=5)), reel_of(moving(20, 12, room=6)))
    reach = extent((1.0, 0.0), (0, 4_000), reels, overlay())
    assert reach is None or reach.agreement < 0.3


def test_a_covered_region_is_told_with_its_box() -> None:
    known = moving(frames=30, seed=13)
    query = known.copy()
    query[:, 72:90, 12:84] = np.tile(np.arange(72) % 9 * 28, (18, 1)).astype(np.uint8)
    reach = extent((1.0, 0.0), (0, 6_000), (reel_of(query), reel_of(known)), overlay())
    assert reach is not None
    boxes = hidden_boxes(reach.hidden, reach.hidden.size, SAME, mirrored=False)
    assert len(boxes) == 1
    assert boxes[0] == pytest.approx((12 / 96, 72 / 96, 72 / 96, 18 / 96), abs=0.07)


def test_a_crop_is_laid_where_it_comes_from() -> None:
    known = moving(frames=4, seed=14)
    shares = np.array([[0.6, 0.0, 0.2], [0.0, 0.6, 0.3]])
    laid = Overlay.of(shares, mirrored=False)
    assert laid is not None
    assert laid.inside.mean() == pytest.approx(0.36, abs=0.04)
    assert Overlay.of(np.array([[0.05, 0.0, 0.2], [0.0, 0.05, 0.3]]), mirrored=False) is None
    there = pixels_of(shares, (360, 640), known[0].shape)
    assert shares_of(there, (360, 640), known[0].shape) == pytest.approx(shares)


def test_boxes_lie_in_the_query_and_single_blocks_are_chance() -> None:
    grid = np.zeros((16, 16), bool)
    grid[12:15, 2:10] = True
    grid[3, 3] = True
    mirrored = hidden_boxes(grid, 256, SAME, mirrored=True)
    assert mirrored == [pytest.approx((1 - 10 / 16, 12 / 16, 8 / 16, 3 / 16), abs=0.002)]
    assert hidden_boxes(np.ones((16, 16), bool), 256, SAME, mirrored=False) == []
