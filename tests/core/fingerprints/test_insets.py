from collections.abc import Callable

import cv2
import numpy as np
import pytest

from app.core.fingerprints.insets import insets
from app.core.fingerprints.pictures import Pictures, write_jpeg
from app.core.fingerprints.views import Box
from tests.core.films import seen_by_hand
from tests.core.rooms import room
from tests.filming import FPS, Pixels

TIMES_S = np.arange(0, 10, 0.5)


def kept(film: list[Pixels]) -> Pictures:
    jpegs = [write_jpeg(np.ascontiguousarray(each)) for each in film]
    return Pictures(tuple(500 * place for place in range(len(film))), jpegs)


def rooms(number: int) -> list[Pixels]:
    """Two pictures a second of one of many rooms."""
    return room(10, seed=number, number=number)[:: FPS // 2]


def by_hand(seed: int) -> list[Pixels]:
    return seen_by_hand(TIMES_S, seed)


def laid(film: list[Pixels], over: list[Pixels], box: Box) -> list[Pixels]:
    """Lay one film into another."""
    height, width = over[0].shape[:2]
    x, y = round(box.x * width), round(box.y * height)
    size = round(box.width * width), round(box.height * height)
    found = []
    for inner, outer in zip(film, over, strict=True):
        whole = outer.copy()
        small = cv2.resize(inner, size, interpolation=cv2.INTER_AREA)
        whole[y : y + size[1], x : x + size[0]] = small
        found.append(whole)
    return found


def overlap(first: Box, second: Box) -> float:
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (first.width * first.height + second.width * second.height - shared)


def best(film: list[Pixels], wanted: Box) -> float:
    return max((overlap(box, wanted) for box in insets(kept(film))), default=0.0)


@pytest.mark.parametrize(
    "box",
    [
        Box(0.6, 0.52, 0.35, 0.38),
        Box(0.75, 0.05, 0.2, 0.2),
        Box(0.04, 0.72, 0.21, 0.22),
    ],
)
def test_a_picture_in_the_picture_is_found(box: Box) -> None:
    assert best(laid(rooms(2), rooms(1), box), box) > 0.85


@pytest.mark.parametrize(("x", "y"), [(0.04, 0.06), (0.66, 0.62), (0.35, 0.31)])
def test_an_inset_before_a_moving_camera_is_found(x: float, y: float) -> None:
    box = Box(x, y, 0.25, 0.25)
    assert best(laid(by_hand(2), by_hand(1), box), box) > 0.8


@pytest.mark.parametrize("film", [rooms, by_hand])
def test_two_films_side_by_side_give_their_halves(film: Callable[[int], list[Pixels]]) -> None:
    halves = Box(0, 0, 0.5, 1), Box(0.5, 0, 0.5, 1)
    both = laid(film(3), laid(film(4), film(5), halves[1]), halves[0])
    for wanted in halves:
        assert best(both, wanted) > 0.9


def test_a_split_screen_gives_its_halves() -> None:
    upper, lower = Box(0, 0, 1, 0.42), Box(0, 0.42, 1, 0.58)
    both = laid(rooms(3), laid(rooms(4), rooms(5), lower), upper)
    for wanted in (upper, lower):
        assert best(both, wanted) > 0.85


def test_one_picture_is_enough_for_a_plain_case() -> None:
    box = Box(0.5, 0.5, 0.4, 0.4)
    assert best(laid(by_hand(2), by_hand(1), box)[:1], box) > 0.8


@pytest.mark.parametrize("seed", [5, 6, 8, 9])
def test_a_moving_camera_alone_lays_nothing_in(seed: int) -> None:
    assert insets(kept(by_hand(seed))) == []


def test_a_room_alone_has_no_split() -> None:
    found = insets(kept(rooms(5)))
    assert [box for box in found if box.width == 1 or box.height == 1] == []


@pytest.mark.parametrize("across", [False, True])
def test_each_of_three_panes_is_found(*, across: bool) -> None:
    panes = [Box(0, n / 3, 1, 1 / 3) for n in range(3)]
    if across:
        panes = [Box(box.y, box.x, box.height, box.width) for box in panes]
    screen = rooms(3)
    for seed, box in enumerate(panes, 4):
        screen = laid(rooms(seed), screen, box)
    for wanted in panes:
        assert best(screen, wanted) > 0.85


def test_each_quarter_of_a_screen_is_found() -> None:
    quarters = [Box(x, y, 0.5, 0.5) for x in (0, 0.5) for y in (0, 0.5)]
    screen = rooms(3)
    for seed, box in enumerate(quarters, 4):
        screen = laid(rooms(seed), screen, box)
    for wanted in quarters:
        assert best(screen, wanted) > 0.85
