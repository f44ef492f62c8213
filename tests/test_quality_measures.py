"""What the columns of the benchmark of quality come to, each on a case reckoned by hand."""

import math
from typing import Any

import pytest

from benchmarks.quality.answers import Answer
from benchmarks.quality.metrics import BINS, Pair, placed, ranking, reliability
from benchmarks.quality.summary import Summary


def truth(**other: Any) -> dict[str, Any]:
    """Six seconds of the query from its beginning, of the known item from second 2 on."""
    about = {"known": "a", "query_s": (0.0, 6.0), "known_s": (2.0, 8.0), "names": (), "may": ()}
    return about | {"speed": 1.0, "reversed": False} | other


def segment(
    query_ms: tuple[int, int] = (0, 6_000),
    known_ms: tuple[int, int] = (2_000, 8_000),
    **other: Any,
) -> dict[str, Any]:
    spans = {
        side: {"start_ms": start, "end_ms": end}
        for side, (start, end) in (("query", query_ms), ("known", known_ms))
    }
    return spans | {"modality": "visual", "speed": 1.0, "transforms": []} | other


def answer(asked: dict[str, Any], *segments: dict[str, Any], grade: str = "certain") -> Answer:
    found = {"known": "a", "grade": grade, "confidence": 0.9, "segments": list(segments)}
    return Answer("q", "edit", [asked], [found], 0.1)


def right(*scores: float) -> list[Pair]:
    return [Pair(score, true=True, alerts=score > 0.5) for score in scores]


def wrong(*scores: float) -> list[Pair]:
    return [Pair(score, true=False, alerts=score > 0.5) for score in scores]


def test_recall_at_99_percent_precision_reaches_past_one_false_pair_in_a_hundred() -> None:
    many = [*right(*[0.9] * 99), *wrong(0.8), *right(0.7, 0.0)]
    rank = ranking(many)
    # 100 of the first 101 are true; what was not found counts as missed.
    assert rank.at_99_precision == pytest.approx(100 / 101)
    assert rank.before_first_false == pytest.approx(99 / 101)
    few = [*right(*[0.9] * 9), *wrong(0.8), *right(0.7)]
    assert ranking(few).at_99_precision == pytest.approx(9 / 10)
    assert ranking(wrong(0.9)).at_99_precision == 0


def test_alerts_are_counted_apart_from_ranks() -> None:
    rank = ranking([*right(0.9, 0.4, 0.0), *wrong(0.8, 0.7, 0.3)])
    assert rank.alerted == pytest.approx(1 / 3)
    assert rank.false_alerts == 2
    assert rank.pairs == 3


def test_confidences_are_held_against_the_share_of_true_pairs() -> None:
    pairs = [*right(0.02, 0.97, 0.98, 1.0, 0.0), *wrong(0.96, 0.02)]
    table = {(low, high): (count, true) for low, high, count, true in reliability(pairs)}
    assert len(table) == len(BINS) - 1
    assert table[0.0, 0.02] == (2, 0.5)
    assert table[0.95, 0.99] == (3, pytest.approx(2 / 3))
    assert table[0.99, 1.0] == (1, 1.0)
    count, true = table[0.3, 0.5]
    assert count == 0
    assert math.isnan(true)


@pytest.mark.parametrize(
    ("segments", "exact"),
    [
        ([segment()], True),
        ([segment((900, 5_100), (2_900, 7_100))], True),
        ([segment((1_100, 6_000), (3_100, 8_000))], False),
        ([segment((0, 6_000), (2_000, 6_900))], False),
        # Two halves are all of it, but none of them has all four ends.
        ([segment((0, 3_000), (2_000, 5_000)), segment((3_000, 6_000), (5_000, 8_000))], False),
        ([], False),
    ],
)
def test_ends_are_right_where_one_segment_has_all_four(
    segments: list[dict[str, Any]], *, exact: bool
) -> None:
    assert Summary.of([answer(truth(), *segments)]).ends == float(exact)


def test_what_does_not_alert_or_is_only_heard_is_not_placed() -> None:
    assert placed(answer(truth(), segment(), grade="lead")).recall == 0
    assert placed(answer(truth(), segment(modality="audio"))).recall == 0
    assert placed(answer(truth(), segment(modality="both"))).recall == 1


@pytest.mark.parametrize(
    ("said", "share"), [(2.0, 1.0), (1.95, 1.0), (2.05, 1.0), (1.9, 0.0), (1.0, 0.0), (-2.0, 1.0)]
)
def test_a_changed_speed_is_right_within_three_percent(said: float, share: float) -> None:
    fast = truth(query_s=(0.0, 3.0), speed=2.0)
    assert Summary.of([answer(fast, segment((0, 3_000), speed=said))]).speed == share


def test_a_speed_that_was_not_changed_is_not_asked_for() -> None:
    assert math.isnan(Summary.of([answer(truth(), segment(speed=1.5))]).speed)
    assert Summary.of([answer(truth(speed=1.1))]).speed == 0


def test_half_of_what_is_shown_is_half_of_the_recall() -> None:
    half = placed(answer(truth(), segment((0, 3_000), (2_000, 5_000))))
    assert (half.precision, half.recall) == (pytest.approx(1.0), pytest.approx(0.5))
    assert half.f1 == pytest.approx(2 / 3)
    late = placed(answer(truth(), segment((0, 6_000), (3_500, 9_500))))
    assert (late.precision, late.recall, late.f1) == (0, 0, 0)


def test_a_known_still_has_no_moment_but_that_of_the_query() -> None:
    shown = truth(query_s=(2.0, 6.0), known_s=(0.0, 0.0))
    there = placed(answer(shown, segment((2_000, 6_000), (0, 0))))
    assert (there.f1, there.exact) == (pytest.approx(1.0), 1)
    elsewhere = placed(answer(shown, segment((8_000, 9_000), (0, 0))))
    assert (elsewhere.f1, elsewhere.exact) == (0, 0)
    half = placed(answer(shown, segment((2_000, 4_000), (0, 0))))
    assert half.recall == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("known_ms", "hit"),
    [((5_000, 5_000), True), ((3_000, 4_100), True), ((6_100, 7_000), False), ((0, 3_900), False)],
)
def test_a_still_of_a_clip_is_right_within_a_second_of_its_moment(
    known_ms: tuple[int, int], *, hit: bool
) -> None:
    still = truth(query_s=(0.0, 0.0), known_s=(5.0, 5.0))
    lie = placed(answer(still, segment((0, 0), known_ms)))
    assert (lie.f1, lie.exact, lie.truths) == (float(hit), int(hit), 1)


def test_a_still_that_is_not_found_is_missed() -> None:
    lie = placed(answer(truth(query_s=(0.0, 0.0), known_s=(5.0, 5.0)), grade="lead"))
    assert (lie.recall, lie.exact) == (0, 0)
