"""A small version of `benchmarks.quality` that every change must pass: nothing false, nearly all found."""

import random
from pathlib import Path

import numpy as np
import pytest

from app.core.pictures import Pictures, write_jpeg
from benchmarks.quality.answers import Answer, answers
from benchmarks.quality.files import Files
from benchmarks.quality.graphs import EDITS, Made
from benchmarks.quality.metrics import Pair, named, pairs_of, placed, ranking
from benchmarks.quality.queries import make, pictured
from benchmarks.quality.sources import Sources, coloured, source_of
from tests.filming import canvas, film, one_frame

KINDS = ("crop", "mirror", "backwards", "speed", "excerpt", "montage", "stranger")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What is answered to one query of each kind, made of synthetic clips."""
    folder = tmp_path_factory.mktemp("quality")
    files = Files(folder / "cache")
    clips = [
        source_of(film(folder / f"{seed}.mp4", seconds=7, seed=seed, shots=3), files)
        for seed in range(1, 6)
    ]
    sources = pictured(
        Sources(tuple(clips[:3]), (clips[3],), (), (clips[4],)), folder / "stills", files
    )
    known = [each.path for each in (*sources.known, *sources.stills)]
    queries = make(sources, folder / "queries", 1, 1, lambda name: name in KINDS)
    return answers(queries, known, folder / "cache", processes=1)


@pytest.mark.timeout(600)
def test_nothing_false_alerts_and_nearly_all_is_found_and_placed(measured: list[Answer]) -> None:
    assert {answer.edit for answer in measured} == set(KINDS)
    rank = ranking([pair for answer in measured for pair in pairs_of(answer)])
    assert rank.false_alerts == 0
    assert rank.alerted >= 0.9
    assert rank.micro_ap >= 0.95
    for answer in measured:
        if answer.edit != "stranger":
            assert placed(answer).f1 > 0.85, answer


def answer_of(known_ms: tuple[int, int], *, backwards: bool = False) -> Answer:
    truth = {
        "known": "a",
        "query_s": (0.0, 6.0),
        "known_s": (2.0, 8.0),
        "names": ("mirror",),
        "may": (),
        "speed": 1.0,
        "reversed": backwards,
    }
    segment = {
        "query": {"start_ms": 0, "end_ms": 6_000},
        "known": {"start_ms": known_ms[0], "end_ms": known_ms[1]},
        "modality": "visual",
        "speed": 1.0,
        "transforms": [{"kind": "mirror"}, *([{"kind": "reversed"}] if backwards else [])],
    }
    found = [{"known": "a", "grade": "certain", "confidence": 0.99, "segments": [segment]}]
    return Answer("q", "mirror", [truth], found, 0.1)


def test_segments_off_by_more_than_a_second_do_not_count() -> None:
    assert placed(answer_of((2_000, 8_000))).f1 == pytest.approx(1.0)
    assert placed(answer_of((2_600, 8_600))).f1 == pytest.approx(1.0)
    assert placed(answer_of((3_500, 9_500))).f1 == 0.0
    assert placed(answer_of((2_000, 8_000), backwards=True)).f1 == pytest.approx(1.0)


def test_names_are_right_when_none_is_missing_or_made_up() -> None:
    assert named([answer_of((2_000, 8_000))])[:2] == (1.0, 1.0)
    assert named([answer_of((2_000, 8_000), backwards=True)])[0] == 0.5


def test_a_false_pair_among_equals_counts_first() -> None:
    pairs = [Pair(0.9, true=True), Pair(0.5, true=True), Pair(0.5, true=False), Pair(0, true=True)]
    rank = ranking(pairs)
    assert rank.before_first_false == pytest.approx(1 / 3)
    assert rank.micro_ap == pytest.approx((1 + 2 / 3) / 3)


def test_sources_of_a_folder_are_split_in_two(tmp_path: Path) -> None:
    from benchmarks.quality.sources import Side, gather, split

    for seed in range(6):
        one_frame(tmp_path / f"clip{seed}{'abcdef'[seed] * 4}.mp4", seed=seed)
    (tmp_path / "notes.txt").write_text("no media")
    sources = gather([tmp_path], Files(tmp_path / "cache"))
    assert len(sources) == 6
    sides = [split(sources, side, seed=1) for side in Side]
    names = [
        {each.name for each in (*side.known, *side.pictured, *side.strangers)} for side in sides
    ]
    assert names[0] & names[1] == set()


def test_what_cannot_be_seen_of_a_change_of_colour_need_not_be_named() -> None:
    made = EDITS["disguised"](random.Random(1))
    assert "colour" in made.asked(coloured=True)[0]
    must, may = made.asked(coloured=False)
    assert "colour" not in must
    assert "colour" in may
    assert {"mirror", "crop", "rotation", "speed"} <= must
    tinted = Made("", frozenset(["colour"]))
    assert tinted.asked(coloured=False)[0] == {"colour"}


def test_a_source_is_coloured_or_nearly_grey() -> None:
    picture = canvas(4, (320, 240))[:240, :320]
    pale = (0.97 * picture.mean(axis=2, keepdims=True) + 0.03 * picture).astype(np.uint8)
    assert coloured(Pictures((0,), (write_jpeg(picture),)))
    assert not coloured(Pictures((0,), (write_jpeg(pale),)))
