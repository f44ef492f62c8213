"""A small version of `benchmarks.quality` that every change must pass: nothing false, nearly all found."""

import random
from pathlib import Path

import numpy as np
import pytest

from app.core.fingerprints.pictures import Pictures, write_jpeg
from app.core.media import MediaKind
from benchmarks.quality.answers import Answer, answers
from benchmarks.quality.files import Files
from benchmarks.quality.graphs import EDITS, Made
from benchmarks.quality.metrics import Pair, named, pairs_of, placed, ranking
from benchmarks.quality.needs import NEEDS, AlikeNames, TooFew, told_apart
from benchmarks.quality.queries import JOINED, make, pictured
from benchmarks.quality.sources import Side, Source, Sources, coloured, gather, source_of, split
from tests.filming import canvas, film, one_frame

KINDS = ("crop", "mirror", "backwards", "speed", "excerpt", "montage", "stranger")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What is answered to one query of each kind, made of synthetic clips."""
    folder = tmp_path_factory.mktemp("quality")
    files = Files(folder / "cache")
    clips = [
        source_of(film(folder / f"{seed}.mp4", seconds=5, seed=seed, shots=3), files)
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
    for seed in range(6):
        one_frame(tmp_path / f"{'abcdef'[seed] * 4}{seed}.mp4", seed=seed)
    (tmp_path / "notes.txt").write_text("no media")
    sources = gather([tmp_path], Files(tmp_path / "cache"))
    assert len(sources) == 6
    fit, test = (names_of(split(sources, side, seed=1)) for side in Side)
    assert fit
    assert test
    assert not fit & test
    assert fit | test == {each.name for each in sources}


def test_what_another_clip_of_the_same_name_left_is_not_taken(tmp_path: Path) -> None:
    files = Files(tmp_path / "cache")
    kept = []
    for seed in (1, 2):
        (tmp_path / f"{seed}").mkdir()
        clip = film(tmp_path / f"{seed}" / "a.mp4", seconds=2, seed=seed, shots=1, audio=False)
        sources = Sources((source_of(clip, files),), (source_of(clip, files),), (), ())
        still = pictured(sources, tmp_path / "stills", files).stills[-1]
        (query,) = make(sources, tmp_path / "queries", 1, 1, lambda name: name == "still of clip")
        kept.append((still.path.read_bytes(), query.path.read_bytes()))
    assert kept[0][0] != kept[1][0]
    assert kept[0][1] != kept[1][1]


def test_answers_name_known_items_so_no_two_may_be_called_alike(tmp_path: Path) -> None:
    one, other, third = tmp_path / "x" / "a.mp4", tmp_path / "y" / "a.mp4", tmp_path / "b.mp4"
    told_apart([one, third])
    with pytest.raises(AlikeNames, match=r"a\.mp4"):
        told_apart([one, third, other])


def sources_called(*stems: str) -> list[Source]:
    return [Source(Path(f"{stem}.mp4"), MediaKind.VIDEO, 9.0, 320, 240) for stem in stems]


def names_of(side: Sources) -> set[str]:
    every = *side.known, *side.begun, *side.pictured, *side.strangers, *side.stills
    return {each.name for each in every}


def test_the_halves_are_the_same_with_every_seed() -> None:
    sources = sources_called(*(f"{letter * 4}{n}" for letter in "abcdefghij" for n in range(2)))
    halves = [[names_of(split(sources, side, seed)) for side in Side] for seed in range(5)]
    assert all(half == halves[0] for half in halves)
    strangers = {split(sources, Side.TEST, seed).strangers for seed in range(5)}
    assert len(strangers) > 1
    # Takes that share their first letters are not torn apart.
    assert not {name[:4] for name in halves[0][0]} & {name[:4] for name in halves[0][1]}


@pytest.mark.parametrize(
    "stems",
    [
        [f"clip{n}{'abcdef'[n] * 4}" for n in range(6)],
        [f"IMG_{n:04}" for n in range(6)],
        [f"VID_20260101_{n}" for n in range(2)],
    ],
)
def test_both_halves_get_clips_where_all_names_begin_alike(stems: list[str]) -> None:
    sources = sources_called(*stems)
    fit, test = (names_of(split(sources, side, seed=1)) for side in Side)
    assert min(len(fit), len(test)) * 4 >= len(sources)
    assert not fit & test
    assert fit | test == {each.name for each in sources}


def test_a_folder_that_is_too_small_is_told_so(tmp_path: Path) -> None:
    few = split(sources_called("aaaa", "bbbb", "cccc"), Side.TEST, seed=1)
    with pytest.raises(TooFew, match=r"known clips of 1\.8 s or more: 0, too few for crop"):
        make(few, tmp_path, 1, 1, lambda name: name in {"crop", "other moment"})
    short = Source(tmp_path / "a.mp4", MediaKind.VIDEO, 1.9, 320, 240)
    with pytest.raises(TooFew, match="long enough for “speed”"):
        make(Sources((short,), (), (), (short,)), tmp_path, 9, 1, lambda name: name == "speed")


def test_every_kind_says_what_it_is_made_of() -> None:
    assert NEEDS.keys() == JOINED.keys()


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
