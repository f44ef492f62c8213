import cv2
import numpy as np
import pytest

from app.core.insets import insets
from app.core.reel import SIDE
from app.core.views import Box
from tests.core.films import Film, moving, panned, reel_of


def scaled(film: Film, width: int, height: int) -> Film:
    sized = [cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA) for each in film]
    return np.stack(sized)


def overlap(first: Box, second: Box) -> float:
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (first.width * first.height + second.width * second.height - shared)


def test_a_picture_in_the_picture_is_found() -> None:
    film = moving(50, 1, room=1)
    film[:, 50:86, 58:92] = scaled(moving(50, 2, room=2), 34, 36)
    wanted = Box(58 / SIDE, 50 / SIDE, 34 / SIDE, 36 / SIDE)
    assert max(overlap(box, wanted) for box in insets(reel_of(film))) > 0.75


@pytest.mark.parametrize(("x", "y"), [(4, 6), (60, 58), (34, 30)])
def test_an_inset_before_a_moving_camera_is_found(x: int, y: int) -> None:
    times_s = np.arange(0, 10, 0.2)
    film = panned(times_s, seed=1)
    film[:, y : y + 29, x : x + 29] = scaled(panned(times_s, seed=2), 29, 29)
    wanted = Box(x / SIDE, y / SIDE, 29 / SIDE, 29 / SIDE)
    assert max((overlap(box, wanted) for box in insets(reel_of(film))), default=0) > 0.7


def test_two_films_side_by_side_give_their_halves() -> None:
    times_s = np.arange(0, 10, 0.2)
    both = [scaled(panned(times_s, seed), SIDE // 2, SIDE) for seed in (3, 4)]
    found = insets(reel_of(np.concatenate(both, axis=2)))
    for wanted in (Box(0, 0, 0.5, 1), Box(0.5, 0, 0.5, 1)):
        assert max((overlap(box, wanted) for box in found), default=0) > 0.85


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_a_moving_camera_alone_lays_nothing_in(seed: int) -> None:
    assert insets(reel_of(panned(np.arange(0, 10, 0.2), seed))) == []


def test_a_split_screen_gives_its_halves() -> None:
    film = np.concatenate(
        [scaled(moving(50, 3, room=3), 96, 40), scaled(moving(50, 4, room=4), 96, 56)], axis=1
    )
    found = insets(reel_of(film))
    for wanted in (Box(0, 0, 1, 40 / 96), Box(0, 40 / 96, 1, 56 / 96)):
        assert max(overlap(box, wanted) for box in found) > 0.85


def test_a_plain_film_has_no_split() -> None:
    found = insets(reel_of(moving(50, 5, room=5)))
    assert [box for box in found if box.width == 1 or box.height == 1] == []
