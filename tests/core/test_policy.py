import json

import pytest

from app.core.matches import Modality, Segment, Span
from app.core.policy import (
    Circumstances,
    Grade,
    Moving,
    Relation,
    Strength,
    confidence,
    grade,
    relate,
)
from app.core.transforms import Transform


def case(query: float, known: float, *, edited: bool = False) -> Circumstances:
    return Circumstances(
        still=False,
        sound_only=False,
        edited=edited,
        coverage_query=query,
        coverage_known=known,
        sources=1,
    )


@pytest.mark.parametrize(
    ("shared", "edited", "relation"),
    [
        ((1.0, 1.0), False, Relation.TRANSCODE),
        ((1.0, 1.0), True, Relation.EDITED),
        ((1.0, 0.2), True, Relation.EXCERPT),
        ((0.2, 1.0), False, Relation.CONTAINS),
        ((0.3, 0.3), False, Relation.EDITED),
    ],
)
def test_relations_follow_both_coverages(
    shared: tuple[float, float], *, edited: bool, relation: Relation
) -> None:
    assert relate(Grade.CERTAIN, case(*shared, edited=edited)) is relation


def test_a_lead_is_named_a_lead() -> None:
    assert relate(Grade.LEAD, case(1, 1)) is Relation.LEAD


def strength(moving: Moving, *, still: bool = False, **changed: float) -> Strength:
    usual = {"similarity": 0.6, "agreement": 0.85, "inliers": 90, "timed": 1.5, "witnesses": 1}
    return Strength(moving=moving, still=still, **usual | changed)  # type: ignore[arg-type]


def test_another_take_in_the_same_room_is_only_a_lead() -> None:
    take = strength(Moving(compared=600, asked=60, agreeing=0.5))
    assert grade(confidence(take)) is Grade.LEAD


def test_a_copy_in_which_everything_moves_alike_is_certain() -> None:
    copy = strength(Moving(compared=600, asked=60, agreeing=1.0), agreement=0.98, timed=4)
    assert grade(confidence(copy)) is Grade.CERTAIN


def test_many_frames_that_fit_one_moment_only_are_certain_without_moving_blocks() -> None:
    copy = strength(Moving(compared=600, asked=0, agreeing=0.0), timed=5, witnesses=4)
    assert grade(confidence(copy)) is Grade.CERTAIN


def test_a_still_is_believed_when_what_moves_agrees() -> None:
    moves = Moving(compared=100, asked=60, agreeing=0.9)
    stays = Moving(compared=100, asked=60, agreeing=0.3)
    assert grade(confidence(strength(moves, still=True))) is not Grade.LEAD
    assert grade(confidence(strength(stays, still=True))) is Grade.LEAD


@pytest.mark.parametrize("better", ["similarity", "agreement", "inliers", "timed", "witnesses"])
def test_more_evidence_never_makes_a_match_less_likely(better: str) -> None:
    asked = Moving(compared=600, asked=60, agreeing=0.6)
    less = strength(asked, **{better: 0})
    assert confidence(less) <= confidence(strength(asked))


def test_a_segment_becomes_plain_json_without_empty_fields() -> None:
    segment = Segment(Span(0, 10), Span(5, 15), Modality.BOTH, 1.0, 0.5, (Transform("mirror"),))
    plain = json.loads(json.dumps(segment.to_json()))
    assert plain["query"] == {"start_ms": 0, "end_ms": 10}
    assert plain["modality"] == "both"
    assert plain["transforms"] == [{"kind": "mirror"}]
