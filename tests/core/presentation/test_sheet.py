from dataclasses import replace

import cv2
import numpy as np
import pytest

from app.core.matches import Evidence, Span
from app.core.media import MediaKind
from app.core.policy import Grade, Relation
from app.core.presentation import lettering
from app.core.presentation.sheet import WIDTH, Line, Sheet, draw
from app.core.presentation.strips import Side, colour, strips
from tests.filming import Pixels, picture

FIRST = Line(Span(0, 2_000), Span(6_000, 8_000), "visual", "mirrored")
SECOND = Line(Span(5_000, 10_000), Span(0, 5_000), "both", "cropped to 50 % × 50 %")
SIDES = (
    Side("upload.mp4", MediaKind.VIDEO, 10_000),
    Side("архів.mp4", MediaKind.VIDEO, 20_000),
)
STILL = Side("still.png", MediaKind.STILL, 0)
PLACED = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def pair(query_ms: int, known_ms: int, *sizes: tuple[int, int]) -> Evidence:
    query, known = (picture(query_ms, size) for size in sizes or ((320, 180), (320, 180)))
    return Evidence(query_ms, known_ms, 0.8, 120, PLACED, pictures=(query, known))


def sheet(*evidence: Evidence, lines: tuple[Line, ...] = (FIRST, SECOND)) -> Sheet:
    return Sheet(
        *SIDES, Relation.EDITED, Grade.CERTAIN, 0.97, (0.7, 0.35), lines=lines, evidence=evidence
    )


def columns_of(drawn: Pixels, wanted: tuple[int, int, int]) -> tuple[float, float]:
    """From where to where of the width a colour reaches in the middle of a strip."""
    found = np.flatnonzero((drawn == wanted).all(axis=1))
    return found[0] / len(drawn), (found[-1] + 1) / len(drawn)


def test_strips_show_each_segment_at_its_time_on_both_sides() -> None:
    drawn = strips(*SIDES, (FIRST.stretch, SECOND.stretch), 1_000)
    height = drawn.shape[0]
    rows = [row for row in range(height) if (drawn[row] == colour(0)).all(axis=1).sum() > 50]
    query, known = drawn[rows[0]], drawn[rows[-1]]
    assert columns_of(query, colour(0)) == pytest.approx((0, 0.2), abs=0.003)
    assert columns_of(query, colour(1)) == pytest.approx((0.5, 1), abs=0.003)
    assert columns_of(known, colour(0)) == pytest.approx((0.3, 0.4), abs=0.003)
    assert columns_of(known, colour(1)) == pytest.approx((0, 0.25), abs=0.003)
    gap = query[250:450]
    assert ((gap == colour(0)) | (gap == colour(1))).all(axis=1).sum() == 0
    assert (gap != 255).any(axis=1).all(), "what is not explained is hatched, not empty"


def test_what_is_only_heard_takes_half_of_the_strip() -> None:
    heard = replace(FIRST, modality="audio")
    tall, low = (
        (strips(*SIDES, (line.stretch,), 1_000)[:, 60] == colour(0)).all(axis=1).sum()
        for line in (FIRST, heard)
    )
    assert low == pytest.approx(tall / 2, abs=1)


def test_a_still_is_one_block_over_the_whole_strip() -> None:
    line = Line(Span(0, 0), Span(6_000, 8_000), "visual", "")
    drawn = strips(STILL, SIDES[1], (line.stretch,), 1_000)
    full = [(row == colour(0)).all(axis=1).sum() for row in drawn]
    assert max(full) >= 990


@pytest.mark.parametrize(
    ("side", "said"),
    [
        (STILL, "still"),
        (Side("a.mp4", MediaKind.VIDEO, 65_000), "1:05"),
        (Side("a.mp4", MediaKind.VIDEO, 0), "0:00.0"),
        (Side("removed", MediaKind.VIDEO, 65_000, length_known=False), "length not kept"),
    ],
)
def test_how_long_an_item_plays_is_said(side: Side, said: str) -> None:
    assert side.length.startswith(said)


def test_the_beginning_of_a_removed_clip_is_a_moment_on_its_strip() -> None:
    line = Line(Span(0, 0), Span(0, 0), "visual", "")
    removed = Side("removed", MediaKind.VIDEO, 0, length_known=False)
    drawn = strips(STILL, removed, (line.stretch,), 1_000)
    widths = [(row == colour(0)).all(axis=1).sum() for row in drawn]
    assert max(widths[: len(widths) // 2]) >= 990
    assert 0 < max(widths[len(widths) // 2 :]) < 10


def test_a_still_found_at_the_very_beginning_of_a_clip_is_listed_at_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(lettering, "write", lambda _page, text, *_how, **_more: said.append(text))
    line = Line(Span(0, 0), Span(0, 0), "visual", "")
    draw(replace(sheet(lines=(line,)), query=STILL))
    listed = said.index("↔")
    assert (said[listed - 1], said[listed + 1]) == ("still", "0:00.0")


def test_a_sheet_has_a_row_for_each_pair_in_the_colour_of_its_segment() -> None:
    none, one, two = (
        draw(sheet(*evidence))
        for evidence in ((), (pair(1_000, 7_000),), (pair(1_000, 7_000), pair(6_000, 1_000)))
    )
    assert none.shape[1] == one.shape[1] == two.shape[1] == WIDTH
    assert none.shape[0] < one.shape[0] < two.shape[0]
    beside = two[:, 45]
    marks = [(beside == colour(number)).all(axis=1).sum() for number in (0, 1)]
    rows = two.shape[0] - one.shape[0]
    assert marks[1] > rows * 0.8


def test_portrait_and_landscape_stand_beside_each_other() -> None:
    drawn = draw(sheet(pair(1_000, 7_000, (180, 320), (320, 180))))
    assert drawn.shape[0] - draw(sheet()).shape[0] < 500


def test_without_a_place_the_pictures_are_shown_as_they_are() -> None:
    placed = pair(1_000, 7_000)
    with_place, without = draw(sheet(placed)), draw(sheet(replace(placed, placement=None)))
    assert with_place.shape == without.shape
    row = without[-200, WIDTH * 2 // 3 + 20 : -60]
    assert np.ptp(row.astype(int), axis=0).max() == 0, "there is no difference picture"


def test_sound_alone_makes_a_sheet_of_strips() -> None:
    heard = replace(SECOND, modality="audio", done="")
    drawn = draw(replace(sheet(lines=(heard,)), relation=Relation.SAME_SOUND))
    assert 400 < drawn.shape[0] < 700


def test_many_segments_are_listed_up_to_a_limit() -> None:
    many = tuple(
        Line(Span(n * 100, n * 100 + 90), Span(n * 200, n * 200 + 90), "visual", "")
        for n in range(60)
    )
    few = draw(sheet(lines=many[:13])).shape[0]
    assert draw(sheet(lines=many)).shape[0] == few


def test_long_names_are_cut_to_the_room_and_every_script_has_letters() -> None:
    name = "Дуже довга назва " * 20
    cut = lettering.shortened(name, 20, 300)
    assert cut.endswith("…")
    assert 250 < lettering.width(cut, 20) <= 300
    assert lettering.shortened("short", 20, 300) == "short"
    lines = lettering.wrapped(name, 20, 300)
    assert " ".join(lines) == name.strip()
    assert max(lettering.width(line, 20) for line in lines) <= 300 < lettering.width(name, 20)
    written = []
    for text in ("Київ", "上海", "\uffff\uffff"):
        canvas = np.full((40, 200, 3), 255, np.uint8)
        lettering.write(canvas, text, (4, 30), 24, (0, 0, 0))
        written.append(canvas.tobytes())
    assert len(set(written)) == 3


@pytest.mark.parametrize(
    ("name", "as_if"),
    [("שלום", "םולש"), ("evening\nnews.mp4", "evening news.mp4"), ("cafe\u0301", "caf\u00e9")],
)
def test_a_name_is_written_as_it_is_read(name: str, as_if: str) -> None:
    canvases = [np.full((80, 300, 3), 255, np.uint8) for _ in range(2)]
    lettering.write(canvases[0], name, (4, 40), 24, (0, 0, 0))
    cv2.putText(canvases[1], as_if, (4, 40), (0, 0, 0), cv2.FontFace("sans"), 24, lettering.PLAIN)
    assert (canvases[0] < 128).any()
    assert np.array_equal(*canvases)


@pytest.mark.parametrize("length_known", [True, False])
def test_a_long_name_ends_before_the_length_beside_it(
    monkeypatch: pytest.MonkeyPatch, *, length_known: bool
) -> None:
    said: list[tuple[float, float]] = []

    def noted(
        _page: Pixels, text: str, place: tuple[float, float], size: int, *_: object, **__: object
    ) -> None:
        said.append((place[0], place[0] + lettering.width(text, size)))

    monkeypatch.setattr(lettering, "write", noted)
    long = Side("name " * 100, MediaKind.VIDEO, 36_000_000, length_known=length_known)
    strips(long, SIDES[1], (), 1_480)
    _, (_, name_ends), (length_begins, length_ends), *_ = said
    assert name_ends < length_begins
    assert length_ends <= 1_480
