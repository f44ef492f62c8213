from app.desk.strips import LANE, WIDTH, Stretch, still, strip
from app.schemas.matches import Span


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=start_ms, end_ms=end_ms)


def stretch(start_ms: int, end_ms: int, colour: int = 0) -> Stretch:
    return Stretch(span(start_ms, end_ms), "March", colour, "#match-1")


def test_a_stretch_lies_where_its_time_is() -> None:
    made = strip(10_000, [stretch(2_000, 4_000)], [span(2_000, 4_000)])
    block = made.blocks[0]
    assert (block.x, block.width, block.y) == (0.2 * WIDTH, 0.2 * WIDTH, 0)
    assert made.gaps == ((0, 0.2 * WIDTH), (0.4 * WIDTH, 0.6 * WIDTH))
    assert made.labels == ("0:00.0", "0:02.5", "0:05.0", "0:07.5", "0:10.0")


def test_stretches_that_overlap_lie_in_lanes() -> None:
    made = strip(
        10_000, [stretch(0, 5_000), stretch(4_000, 9_000, 1), stretch(5_000, 6_000, 2)], []
    )
    assert [block.y for block in made.blocks] == [0, LANE, 0]
    assert made.height == 2 * LANE


def test_a_moment_can_be_seen_and_nothing_leaves_the_strip() -> None:
    made = strip(3_600_000, [stretch(3_599_999, 3_600_000), stretch(9_000_000, 9_100_000)], [])
    assert all(block.width >= 3 and block.x + block.width <= WIDTH for block in made.blocks)


def test_marks_stay_few_however_long_the_item() -> None:
    for duration_ms in (0, 400, 61_000, 5_000_000, 6 * 3_600_000):
        assert len(strip(duration_ms, [], []).ticks) <= 11


def test_a_still_is_explained_in_full_or_not_at_all() -> None:
    assert still([]).gaps == ((0, WIDTH),)
    full = still([stretch(0, 0), stretch(0, 0, 1)])
    assert full.gaps == ()
    assert [block.width for block in full.blocks] == [WIDTH]
