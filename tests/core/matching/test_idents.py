"""Common material in whole clips, found without a model."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from app.core import (
    DecodeLimits,
    Fingerprinted,
    Grade,
    Match,
    find_matches,
    fingerprint_file,
    match,
)
from app.core.matching.library import MemoryLibrary
from app.core.policy import Note
from tests.filming import edit, ffmpeg, film

IDENT_S, OWN_S = 3, 5
SIZE = (240, 180)


def fingerprinted(path: Path) -> Fingerprinted:
    return fingerprint_file(path, None, DecodeLimits())


type Maker = Callable[..., Fingerprinted]


@pytest.fixture(scope="module")
def ident_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(
        tmp_path_factory.mktemp("ident") / "ident.mp4",
        seconds=IDENT_S,
        seed=500,
        size=SIZE,
        shots=1,
    )


@pytest.fixture(scope="module")
def clip(ident_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Make a clip of the ident and then one or more films of their own."""
    folder = tmp_path_factory.mktemp("clips")

    @cache
    def make(*seeds: int) -> Fingerprinted:
        films = [folder / f"{seed}.mp4" for seed in seeds]
        for seed, path in zip(seeds, films, strict=True):
            if not path.exists():
                film(path, seconds=OWN_S, seed=seed, size=SIZE, shots=3)
        parts = [ident_file, *films]
        inputs = [word for part in parts for word in ("-i", part)]
        streams = "".join(f"[{place}:v][{place}:a]" for place in range(len(parts)))
        joined = f"{streams}concat=n={len(parts)}:v=1:a=1[v][a]"
        path = folder / f"{'-'.join(map(str, seeds))}.joined.mp4"
        ffmpeg(*inputs, "-filter_complex", joined, "-map", "[v]", "-map", "[a]", path)
        return fingerprinted(path)

    return make


@pytest.fixture(scope="module")
def known(clip: Maker) -> list[Fingerprinted]:
    """Six unrelated clips that share the ident."""
    return [clip(seed) for seed in range(601, 607)]


def alerting(matches: list[Match]) -> list[int]:
    return sorted(each.number for each in matches if each.grade is not Grade.LEAD)


def test_an_ident_shared_by_many_unlike_clips_raises_nothing_above_a_lead(
    clip: Maker, known: list[Fingerprinted]
) -> None:
    query = clip(701)
    assert alerting(find_matches(query, known[:1])) == [0]
    found = find_matches(query, known)
    assert alerting(found) == []
    assert {each.notes for each in found} == {(Note.COMMON_MATERIAL,)}


def test_other_footage_shared_with_one_of_them_is_found(
    clip: Maker, known: list[Fingerprinted]
) -> None:
    found = find_matches(clip(602, 702), known)
    assert alerting(found) == [1]
    assert found[0].segments[-1].query.end_ms == pytest.approx(1_000 * (IDENT_S + OWN_S), abs=1_000)


def test_what_a_common_item_explains_counts_against_nothing_else(
    ident_file: Path, clip: Maker, known: list[Fingerprinted]
) -> None:
    files = [fingerprinted(ident_file), known[0], known[1]]
    assert alerting(match(clip(701), MemoryLibrary(files))) == [0, 1, 2]
    ident, *rest = match(clip(701), MemoryLibrary(files, common={0}))
    assert (ident.number, ident.notes) == (0, ())
    assert {each.grade for each in rest} == {Grade.LEAD}
    assert {each.notes for each in rest} == {(Note.COMMON_MATERIAL,)}
    assert alerting(match(clip(602, 702), MemoryLibrary(files, common={0}))) == [0, 2]


def test_a_clip_that_is_known_many_times_over_alerts_for_each(tmp_path: Path) -> None:
    viral = film(tmp_path / "viral.mp4", seconds=3, seed=800, shots=2)
    edits = ("null", "scale=240:-2", "eq=brightness=0.05", "scale=400:-2", "hue=s=0.6") + (
        "null",
    ) * 3
    copies = [
        fingerprinted(edit(viral, tmp_path / f"{n}.mp4", "-vf", form, "-crf", str(20 + n)))
        for n, form in enumerate(edits)
    ]
    query = fingerprinted(edit(viral, tmp_path / "query.mp4", "-vf", "scale=280:-2"))
    assert alerting(find_matches(query, copies)) == list(range(8))
