"""The benchmark of real copies fails for what alerts elsewhere and for what lies elsewhere."""

from dataclasses import replace

from app.core.matches import Match, Modality, Segment, Span
from app.core.media import MediaInfo, MediaKind
from app.core.policy import Grade, Relation
from benchmarks.variants import NEGATIVE, is_placed, others, status, works_of

CLIP = MediaInfo(MediaKind.VIDEO, "video/mp4", 20_000, 320, 240, has_audio=True)
WHOLE = ((0, 20_000), (0, 20_000))
type Spans = tuple[tuple[int, int], tuple[int, int]]


def found(*segments: Spans, number: int = 0, by: Modality = Modality.VISUAL) -> Match:
    made = tuple(Segment(Span(*q), Span(*k), by, 1.0, 1.0, ()) for q, k in segments)
    return Match(number, Relation.EDITED, Grade.CERTAIN, 0.9, 1.0, 1.0, made, ())


def placed(match: Match, query_ms: int = 20_000, name: str = "copy.mp4") -> bool:
    return is_placed(match, replace(CLIP, duration_ms=query_ms), CLIP, name)


def test_a_copy_lies_at_the_beginning_or_at_the_end_of_its_original() -> None:
    assert placed(found(WHOLE))
    assert placed(found(((0, 15_000), (0, 15_000))), query_ms=15_000)
    assert placed(found(((0, 15_000), (5_000, 20_000))), query_ms=15_000)
    assert placed(found(((4_000, 24_000), (0, 20_000))), query_ms=24_000)
    assert not placed(found(((0, 15_000), (2_500, 17_500))), query_ms=15_000)
    assert not placed(found(((0, 10_000), (0, 10_000)), ((10_000, 20_000), (5_000, 15_000))))
    assert not placed(replace(found(WHOLE), grade=Grade.LEAD))


def test_what_is_said_twice_or_only_heard_covers_nothing() -> None:
    half = ((0, 10_000), (0, 10_000))
    assert not placed(found(half, half))
    assert placed(found(half, ((10_000, 20_000), (10_000, 20_000))))
    assert not placed(found(WHOLE, by=Modality.AUDIO))
    assert placed(found(WHOLE, by=Modality.BOTH))


def test_of_a_still_and_behind_a_title_no_moment_is_asked_for() -> None:
    still = replace(CLIP, kind=MediaKind.STILL, duration_ms=0)
    assert is_placed(found(((0, 0), (7_000, 7_000))), still, CLIP, "still.png")
    titled = ((5_000, 20_000), (2_000, 17_000))
    assert not placed(found(titled, ((0, 5_000), (0, 5_000))))
    assert placed(found(titled, ((0, 5_000), (0, 5_000))), name="stream-of-water-audioless.webm")


def line(original: str, derived: str, relation: str = "copy") -> dict[str, str]:
    return {"original": original, "derived": derived, "relation": relation, "group": "g"}


LINES = [
    line("a.mp4", "a-grey.mp4"),
    line("a-grey.mp4", "a-still.png", "still_of_video"),
    line("b.mp4", "b-grey.mp4"),
    line("b.mp4", "c.mp4", NEGATIVE),
]


def test_an_alert_of_another_work_is_false_whatever_its_own_original_says() -> None:
    names, works = ["a-grey.mp4", "a.mp4", "b.mp4"], works_of(LINES)
    every = [found(WHOLE, number=n) for n in range(3)]
    assert [row.known for row in others(every, LINES[1], names, works)] == ["b.mp4"]
    assert [row.known for row in others(every, LINES[2], names, works)] == ["a-grey.mp4", "a.mp4"]
    # What is only like its original is told of there.
    assert [row.known for row in others(every, LINES[3], names, works)] == ["a-grey.mp4", "a.mp4"]
    leads = [replace(each, grade=Grade.LEAD) for each in every]
    assert list(others(leads, LINES[2], names, works)) == []


def test_a_false_alert_and_a_misplaced_copy_fail_the_run() -> None:
    (false,) = others([found(WHOLE)], LINES[2], ["a.mp4"], works_of(LINES))
    right = replace(false, found=True, placed=True)
    assert status([right]) == 0
    assert status([right, false]) == 1
    assert status([right, replace(right, placed=False)]) == 1
