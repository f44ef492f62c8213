import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.sight.motion import motion
from app.core.weighing.confidence import Moving

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
NEARLY = take((5, 3))


def asked(still: Picture, video: list[Picture]) -> Moving:
    """What is found when a still is laid on the first picture of a video."""
    return motion(still, video[0], video[1:], HERE)


def test_a_still_agrees_with_its_own_moment_where_the_video_moves() -> None:
    found = asked(FIRST[0], FIRST)
    assert found.asked > 20
    assert (found.agreeing, found.exact, found.clear) == (1.0, 1.0, 1.0)
    assert found.compared > found.asked


def test_a_moment_at_which_the_picture_had_another_size_says_nothing() -> None:
    turned = [np.ascontiguousarray(each.T) for each in FIRST[1:]]
    assert asked(FIRST[0], [FIRST[0], *turned, *FIRST[1:]]) == asked(FIRST[0], FIRST)
    assert asked(FIRST[0], [FIRST[0], *turned]).asked == 0


def test_a_still_of_another_take_of_the_same_room_disagrees_where_the_video_moves() -> None:
    found = asked(SECOND[0], FIRST)
    assert found.asked > 20
    assert found.agreeing < 0.4
    assert found.clear > 0.5


def test_nearly_the_same_pose_agrees_less_exactly_than_a_copy() -> None:
    found = asked(NEARLY[0], FIRST)
    assert found.asked > 20
    assert found.exact < 0.5


def test_a_pose_taken_again_agrees_but_not_in_its_place() -> None:
    again, copy = asked(take((2, 2))[0], FIRST), asked(FIRST[0], FIRST)
    assert again.agreeing > 0.2
    assert again.in_place < copy.in_place == 1.0


def test_what_a_caption_covers_is_not_asked_where_the_room_shows_that_it_is_one() -> None:
    captioned = FIRST[0].copy()
    captioned[60:130] = 20
    captioned[80:110, 40:340:9] = 250
    found, whole = asked(captioned, FIRST), asked(FIRST[0], FIRST)
    assert found.clear > 0.95
    assert found.asked < whole.asked
    assert found.agreeing > 0.9


def test_a_still_that_is_mostly_covered_is_another_picture() -> None:
    covered = FIRST[0].copy()
    covered[:200] = ACTOR.repeat(4, 1).repeat(3, 0)[:200, :384]
    assert asked(covered, FIRST).clear < 0.6


@pytest.mark.parametrize("others", [0, 3])
def test_nothing_is_asked_where_nothing_is_known_to_move(others: int) -> None:
    found = asked(FIRST[0], FIRST[:1] * (others + 1))
    assert found.asked == 0
    assert found.clear == 1.0
