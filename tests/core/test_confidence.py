from dataclasses import replace

import pytest

from app.core.confidence import STILL, VIDEO, Moving, Strength, confidence, features
from app.core.course import Course
from app.core.policy import Grade, grade

TOGETHER = Course(
    speed=1.0, offset_ms=0.0, motion=0.8, beside=0.1, moving=8.0, asked=60, agreeing=0.9, frames=30
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


def test_a_still_is_believed_when_what_moves_agrees() -> None:
    still = Strength(still=True, similarity=0.7, agreement=0.97, inliers=150, witnesses=1)
    moves, stays = (Moving(compared=100, asked=60, agreeing=share) for share in (0.97, 0.1))
    assert grade(confidence(replace(still, moving=moves))) is not Grade.LEAD
    assert confidence(replace(still, moving=stays)) < confidence(replace(still, moving=moves))


@pytest.mark.parametrize("better", ["similarity", "agreement", "inliers", "witnesses", "alike"])
def test_more_evidence_never_makes_a_match_less_likely(better: str) -> None:
    asked = replace(COPY, course=replace(TOGETHER, motion=0.4, agreeing=0.4))
    assert confidence(replace(asked, **{better: 0})) <= confidence(asked)


def test_every_ground_has_a_weight() -> None:
    assert set(features(COPY)) == set(VIDEO) - {"bias"}
    assert set(features(replace(COPY, still=True))) == set(STILL) - {"bias"}
