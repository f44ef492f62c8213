import json

import pytest

from app.core.matches import Modality, Segment, Span, is_cut
from app.core.naming.transforms import Transform
from app.core.policy import Circumstances, Grade, Relation, grade, relate, told


def case(query: float, known: float, *, edited: bool = False, cut: bool = False) -> Circumstances:
    return Circumstances(
        still=False,
        sound_only=False,
        edited=edited,
        cut=cut,
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


def test_what_lacks_a_piece_of_the_middle_is_no_excerpt() -> None:
    assert relate(Grade.CERTAIN, case(1.0, 0.7, cut=True)) is Relation.EDITED
    assert relate(Grade.CERTAIN, case(1.0, 1.0, cut=True)) is Relation.EDITED
    assert relate(Grade.CERTAIN, case(0.4, 1.0, cut=True)) is Relation.CONTAINS


@pytest.mark.parametrize(
    ("first", "second", "cut"),
    [
        ((0, 5_000, 0), (5_000, 9_000, 9_000), True),
        ((0, 5_000, 9_000), (5_000, 9_000, 0), True),
        ((0, 5_000, 0), (5_200, 9_000, 6_400), False),
        ((0, 5_000, 0), (8_000, 9_000, 8_200), False),
        ((0, 5_000, 0), (30_000, 35_000, 5_000), False),
        ((0, 5_000, 0), (1_000, 6_000, 20_000), False),
    ],
)
def test_a_cut_is_a_jump_in_the_known_item_alone(
    first: tuple[int, int, int], second: tuple[int, int, int], *, cut: bool
) -> None:
    segments = [
        Segment(
            Span(begin, end),
            Span(known, known + end - begin),
            Modality.VISUAL,
            1.0,
            0.5,
            (),
        )
        for begin, end, known in (second, first)
    ]
    assert is_cut(segments) is cut


def test_a_lead_is_named_a_lead() -> None:
    assert relate(Grade.LEAD, case(1, 1)) is Relation.LEAD


def test_a_segment_becomes_plain_json_without_empty_fields() -> None:
    segment = Segment(Span(0, 10), Span(5, 15), Modality.BOTH, 1.0, 0.5, (Transform("mirror"),))
    plain = json.loads(json.dumps(segment.to_json()))
    assert plain["query"] == {"start_ms": 0, "end_ms": 10}
    assert plain["modality"] == "both"
    assert plain["transforms"] == [{"kind": "mirror"}]


@pytest.mark.parametrize("value", [0.49996, 0.5, 0.89999, 0.9, 0.999999, 1.0, 0.0])
def test_a_confidence_is_told_with_its_grade(value: float) -> None:
    assert grade(told(value)) is grade(value)
    assert told(value) <= value < told(value) + 0.0001
