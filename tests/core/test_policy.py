import json

import pytest

from app.core.matches import Modality, Segment, Span
from app.core.policy import Circumstances, Grade, Relation, relate
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


def test_a_segment_becomes_plain_json_without_empty_fields() -> None:
    segment = Segment(Span(0, 10), Span(5, 15), Modality.BOTH, 1.0, 0.5, (Transform("mirror"),))
    plain = json.loads(json.dumps(segment.to_json()))
    assert plain["query"] == {"start_ms": 0, "end_ms": 10}
    assert plain["modality"] == "both"
    assert plain["transforms"] == [{"kind": "mirror"}]
