from dataclasses import replace

import pytest

from app.core.policy import Grade, grade
from app.core.reels.course import Course
from app.core.weighing.confidence import STILL, VIDEO, Moving, Strength, confidence, features

TOGETHER = Course(
    speed=1.0,
    offset_ms=0.0,
    motion=0.9,
    beside=0.1,
    moving=8.0,
    compared=200,
    asked=60,
    agreeing=0.98,
)
APART = replace(TOGETHER, motion=0.1, agreeing=0.05)
COPY = Strength(
    still=False,
    similarity=0.6,
    agreement=0.85,
    inliers=90,
    witnesses=2,
    course=TOGETHER,
    alike=0.7,
    length_ms=6_000,
)


def test_a_copy_in_which_what_moves_moves_alike_is_certain() -> None:
    assert grade(confidence(COPY)) is Grade.CERTAIN


def test_another_take_in_the_same_room_is_only_a_lead() -> None:
    assert grade(confidence(replace(COPY, course=APART))) is Grade.LEAD
    assert grade(confidence(replace(COPY, course=APART, inliers=300))) is Grade.LEAD


def test_pictures_that_cannot_be_laid_over_each_other_are_a_lead() -> None:
    bare = Strength(still=False, similarity=0.7, agreement=0.0, inliers=0, witnesses=4)
    assert grade(confidence(bare)) is Grade.LEAD


STILL_PICTURE = Strength(still=True, similarity=0.7, agreement=0.97, inliers=150, witnesses=1)


def still(moving: Moving, agreement: float = 0.97) -> Strength:
    """A still that was laid on a moment of a video."""
    return replace(STILL_PICTURE, agreement=agreement, moving=moving)


SAME_MOMENT = Moving(compared=140, asked=40, agreeing=0.95, exact=0.8, clear=0.95, in_place=0.95)
CAPTIONED = Moving(compared=120, asked=30, agreeing=0.75, exact=0.65, clear=0.8, in_place=0.9)
SAME_POSE = Moving(compared=130, asked=53, agreeing=0.83, exact=0.2, clear=0.8, in_place=0.6)
OTHER_POSE = Moving(compared=140, asked=30, agreeing=0.35, exact=0.05, clear=0.87, in_place=0.5)
NOTHING_MOVES = Moving(compared=140, asked=0, agreeing=0.0, exact=0.0, clear=1.0, in_place=1.0)


def test_a_still_is_believed_when_what_moves_agrees() -> None:
    assert grade(confidence(still(SAME_MOMENT))) is Grade.CERTAIN
    assert grade(confidence(still(CAPTIONED, agreement=0.82))) is not Grade.LEAD


def test_a_still_of_another_take_is_a_lead_even_in_nearly_the_same_pose() -> None:
    assert grade(confidence(still(SAME_POSE, agreement=0.91))) is Grade.LEAD
    assert grade(confidence(still(OTHER_POSE, agreement=0.94))) is Grade.LEAD


def test_of_what_never_moves_the_whole_picture_has_to_agree() -> None:
    assert grade(confidence(still(NOTHING_MOVES, agreement=1.0))) is Grade.CERTAIN
    roughly = replace(NOTHING_MOVES, clear=0.7, in_place=0.7)
    assert grade(confidence(still(roughly, agreement=0.85))) is Grade.LEAD
    few = replace(NOTHING_MOVES, compared=6)
    assert confidence(still(few, agreement=1.0)) < confidence(still(NOTHING_MOVES, agreement=1.0))


GROUNDS = {
    "similarity": (0.2, 0.5, 0.8, 1.0),
    "agreement": (0.0, 0.5, 0.92, 1.0),
    "inliers": (0, 10, 100, 300, 900),
    "witnesses": (1, 2, 4, 9),
    "alike": (0.0, 0.5, 1.0),
    "length_ms": (0, 1_000, 5_000, 60_000),
}
AGREEING = {"motion": (0.0, 0.4, 1.0), "agreeing": (0.0, 0.5, 1.0)}
STILL_COPY = still(SAME_MOMENT)


@pytest.mark.parametrize("case", [COPY, replace(COPY, course=APART), replace(COPY, course=None)])
@pytest.mark.parametrize("ground", GROUNDS)
def test_more_evidence_never_makes_a_match_less_likely(case: Strength, ground: str) -> None:
    rising = [confidence(replace(case, **{ground: value})) for value in GROUNDS[ground]]
    assert rising == sorted(rising)


@pytest.mark.parametrize("ground", AGREEING)
def test_more_common_motion_never_makes_a_match_less_likely(ground: str) -> None:
    ways = [replace(TOGETHER, **{ground: value}) for value in AGREEING[ground]]
    rising = [confidence(replace(COPY, course=way)) for way in ways]
    assert rising == sorted(set(rising))


@pytest.mark.parametrize("ground", ["similarity", "agreement", "inliers"])
def test_more_evidence_never_makes_a_still_less_likely(ground: str) -> None:
    rising = [confidence(replace(STILL_COPY, **{ground: value})) for value in GROUNDS[ground]]
    assert rising == sorted(rising)
    assert rising[0] < rising[-1]


@pytest.mark.parametrize("ground", ["agreeing", "exact", "clear", "in_place"])
def test_what_moves_never_makes_a_still_less_likely_by_agreeing_more(ground: str) -> None:
    ways = [replace(SAME_MOMENT, **{ground: value}) for value in (0.0, 0.3, 0.9, 0.95, 1.0)]
    rising = [confidence(still(moving)) for moving in ways]
    assert rising == sorted(rising)
    assert rising[0] < rising[2] < rising[-1]


def test_a_strong_copy_is_sure_and_a_take_without_common_motion_is_not() -> None:
    assert confidence(COPY) >= 0.9
    assert confidence(STILL_COPY) >= 0.9
    take = replace(COPY, course=replace(APART, motion=0.0, agreeing=0.0))
    assert confidence(take) < 0.5
    other = replace(STILL_COPY, moving=replace(SAME_MOMENT, agreeing=0.1, exact=0.0, in_place=0.3))
    assert confidence(other) < 0.5


def test_a_few_pictures_moving_alike_say_less_than_many() -> None:
    assert confidence(replace(COPY, length_ms=400)) < confidence(COPY)


def test_a_changed_speed_must_be_proven_for_longer() -> None:
    short, turned = replace(COPY, length_ms=2_500), replace(TOGETHER, speed=-1.0)
    assert confidence(replace(short, course=turned)) < confidence(short) - 0.1
    assert grade(confidence(replace(COPY, length_ms=8_000, course=turned))) is Grade.CERTAIN


def test_every_ground_has_a_weight() -> None:
    assert set(features(COPY)) == set(VIDEO) - {"bias"}
    assert set(features(replace(COPY, still=True))) == set(STILL) - {"bias"}
