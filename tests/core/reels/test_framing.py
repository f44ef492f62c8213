import cv2
import numpy as np
import pytest

from app.core.fingerprints.reel import SIDE
from app.core.reels.films import Overlay, Region, within
from app.core.reels.framing import (
    area_within,
    bounds,
    corners_of,
    cut_by_neighbour,
    plain_around,
)
from tests.core.films import ground, overlay

INSET = np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""The known frame fills the left half of the query."""
HALF = np.array([[0, 0], [100, 0], [100, 120], [0, 120]], np.float64)
SAME = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def hidden(rows: slice, columns: slice) -> Region:
    region = np.zeros((SIDE, SIDE), np.bool_)
    region[rows, columns] = True
    return region


def bared(shares: np.ndarray, region: Region) -> Overlay:
    return cut_by_neighbour(overlay(shares).without(region))


@pytest.mark.parametrize("top", [10, 0])
def test_a_neighbour_that_lies_on_a_whole_side_cuts_the_frame(top: int) -> None:
    cut = bared(INSET, hidden(slice(top, SIDE), slice(80, SIDE)))
    assert cut.part == pytest.approx((0, 0, 80 / SIDE, 1), abs=0.02)
    assert not cut.shown[:, 80:].any()
    assert cut.shown[2:-2, 2:78].all()


def test_of_a_part_that_is_cut_by_its_neighbour_only_the_rest_is_shown() -> None:
    half = overlay(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])).cut((0.0, 0.0, 0.5, 1.0))
    assert half is not None
    cut = cut_by_neighbour(half.without(hidden(slice(72, SIDE), slice(0, SIDE))))
    assert cut.part == pytest.approx((0, 0, 0.5, 0.75), abs=0.02)


def test_a_caption_along_the_edge_of_the_query_cuts_nothing() -> None:
    assert bared(SAME, hidden(slice(80, SIDE), slice(0, SIDE))).part == (0, 0, 1, 1)
    # Neither does a logo beside the neighbour.
    assert bared(INSET, hidden(slice(0, 30), slice(70, SIDE))).part == (0, 0, 1, 1)


@pytest.mark.parametrize("blurred", [True, False])
def test_bars_are_plain_and_other_footage_is_not(*, blurred: bool) -> None:
    query = np.repeat(np.stack([ground(1, 240)] * 3, axis=-1), 1, axis=0)
    if blurred:
        query[:, 100:] = cv2.GaussianBlur(query, (0, 0), 16)[:, 100:]
    assert plain_around(HALF * (1, 2), query) == blurred
    query[:, 100:] = (10, 200, 30)
    assert plain_around(HALF * (1, 2), query)


def test_a_clear_floor_with_lines_on_it_is_footage() -> None:
    query = np.stack([ground(1, 240)] * 3, axis=-1)
    floor = np.random.default_rng(2).normal(110, 4.5, query[:, 100:].shape[:2])
    query[:, 100:] = floor[..., None].clip(0, 255)
    for end in range(30, 240, 30):
        cv2.line(query, (110, end), (230, end - 30), (220, 220, 220), 2)
    assert not plain_around(HALF * (1, 2), query)


def test_bars_with_words_on_them_are_plain_and_a_page_around_is_not() -> None:
    query = np.full((240, 200, 3), 250, np.uint8)
    query[80:] = np.stack([ground(1, 240)] * 3, axis=-1)[80:, :200]
    for line in (30, 60):
        cv2.putText(query, "SHOCKING, SEE", (8, line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    below = np.array([[0, 80], [200, 80], [200, 240], [0, 240]], np.float64)
    assert plain_around(below, query)
    within_page = np.array([[20, 100], [180, 100], [180, 220], [20, 220]], np.float64)
    assert not plain_around(within_page, query)


def test_boxes_and_areas_are_those_of_the_corners() -> None:
    shape = (100, 200, 3)
    corners = corners_of(shape, np.array([[1.0, 0, 50], [0, 1.0, -20]]), (0.0, 0.0, 0.5, 1.0))
    assert corners[0].tolist() == [50, -20]
    assert corners[2].tolist() == [150, 80]
    assert bounds(corners, shape) == (0.25, 0.0, 0.5, 0.8)
    assert area_within(corners, shape) == pytest.approx(100 * 80)
    assert within((0.2, 0.0, 0.8, 1.0), (0.0, 0.5, 0.5, 0.5)) == (0.2, 0.5, 0.3, 0.5)
    assert within((0.0, 0.0, 0.2, 1.0), (0.5, 0.0, 0.5, 1.0))[2] == 0.0
