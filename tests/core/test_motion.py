import numpy as np
from numpy.typing import NDArray

from app.core.motion import motion

type Picture = NDArray[np.uint8]
HERE = np.array([[1.0, 0, 0], [0, 1, 0]])
GENERATOR = np.random.default_rng(5)
WALL = GENERATOR.integers(0, 255, (24, 32)).astype(np.uint8).repeat(12, 0).repeat(12, 1)
ACTOR = GENERATOR.integers(0, 255, (12, 12)).astype(np.uint8).repeat(8, 0).repeat(8, 1)


def take(*places: tuple[int, int]) -> list[Picture]:
    """Pictures of one room, the actor at one place after the other."""
    pictures = []
    for x, y in places:
        picture = WALL.copy()
        picture[y : y + 96, x : x + 96] = ACTOR
        pictures.append(picture)
    return pictures


FIRST = take((0, 0), (96, 96), (192, 0), (240, 160))
SECOND = take((96, 96), (0, 0), (240, 160), (192, 0))


def test_a_copy_agrees_where_it_moves() -> None:
    found = motion(FIRST, FIRST, [], HERE)
    assert found.asked > 50
    assert found.agreeing == 1.0
    assert found.compared > found.asked


def test_another_take_of_the_same_room_disagrees_where_it_moves() -> None:
    found = motion(SECOND, FIRST, [], HERE)
    assert found.asked > 20
    assert found.agreeing < 0.6


def test_what_a_logo_covers_is_not_asked() -> None:
    covered = [picture.copy() for picture in FIRST]
    for picture in covered:
        picture[:140, :140] = ACTOR[:1, :1]
        picture[20:116, 20:116] = ACTOR[::-1]
    assert motion(covered, FIRST, [], HERE).agreeing > 0.8


def test_a_still_is_asked_about_what_moves_in_the_known_item() -> None:
    assert motion(FIRST[:1], FIRST[:1], FIRST[1:], HERE).agreeing == 1.0
    assert motion(SECOND[:1], FIRST[:1], FIRST[1:], HERE).agreeing < 0.5


def test_nothing_is_asked_where_nothing_moves() -> None:
    assert motion(FIRST[:1] * 3, FIRST[:1] * 3, [], HERE).asked == 0
