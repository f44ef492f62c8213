import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.fingerprints.describe import Describers, default_describers
from app.core.fingerprints.fingerprinting import Fingerprinted, fingerprint_file
from app.core.fingerprints.glimpse import glimpse
from app.core.fingerprints.pictures import NO_PICTURES
from app.core.matches import Match
from app.core.matching import preview
from app.core.matching.library import MemoryLibrary
from app.core.matching.preview import early_matches
from app.core.media import DecodeLimits, MediaInfo, MediaKind
from app.core.policy import Grade, Relation, grade
from tests.core.made_fingerprints import make_fingerprint
from tests.filming import black, edit, film

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)
ROWS = ("shots", "votes", "pdq", "pdq_quality", "phash", "descriptors")
ROWS_OF_VIEWS = ("view_ids", "view_descriptors", "pdq_forms")


class Archive:
    """Two known clips of five shots each, fingerprinted in one way."""

    def __init__(self, folder: Path, describers: Describers | None) -> None:
        self.clip = film(folder / "clip.mp4", seconds=10, seed=3, shots=5)
        other = film(folder / "other.mp4", seconds=10, seed=4, shots=5)
        self._describers = describers
        self._known: list[Fingerprinted] = [
            fingerprint_file(path, describers, LIMITS) for path in (self.clip, other)
        ]

    def early(self, path: Path) -> list[Match]:
        seen = glimpse(path, self._describers, LIMITS)
        return early_matches(seen, MemoryLibrary(self._known))


@pytest.fixture(scope="module", params=["hashes", "models"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    describers = default_describers() if request.param == "models" else None
    return Archive(tmp_path_factory.mktemp("archive"), describers)


@pytest.mark.parametrize(
    ("options", "start_ms", "length_ms"),
    [
        (("-vf", "scale=240:-2"), 0, 10_000),
        (("-vf", "hflip"), 0, 10_000),
        (("-ss", "3", "-t", "5"), 3_000, 5_000),
    ],
)
def test_edited_copies_are_found_early_and_roughly_placed(
    archive: Archive, tmp_path: Path, options: tuple[str, ...], start_ms: int, length_ms: int
) -> None:
    found = archive.early(edit(archive.clip, tmp_path / "copy.mp4", *options))
    assert [match.number for match in found] == [0]
    (segment,) = found[0].segments
    assert abs(segment.known.start_ms - start_ms) <= 1_100
    assert abs(segment.query.length_ms - length_ms) <= 1_100
    assert segment.query.length_ms == segment.known.length_ms


def test_an_early_match_never_alerts(archive: Archive) -> None:
    (match,) = archive.early(archive.clip)
    assert (match.grade, match.relation) == (Grade.LEAD, Relation.LEAD)
    assert match.confidence >= 0.3
    assert grade(match.confidence) is Grade.LEAD
    assert match.evidence == ()


def test_what_is_unrelated_or_black_gives_nothing(archive: Archive, tmp_path: Path) -> None:
    assert archive.early(film(tmp_path / "new.mp4", seconds=10, seed=9, shots=5)) == []
    assert archive.early(black(tmp_path / "black.mp4", seconds=10)) == []


def test_one_frame_is_never_enough(archive: Archive, tmp_path: Path) -> None:
    once = ("-vf", "setpts=1.4*PTS", "-an", "-g", "999", "-sc_threshold", "0")
    longer = edit(archive.clip, tmp_path / "longer.mp4", *once)
    assert glimpse(longer, None, LIMITS).frames == 1
    assert archive.early(longer) == []


def test_a_short_copy_with_one_key_frame_is_found_early(archive: Archive, tmp_path: Path) -> None:
    once = ("-t", "8", "-g", "999", "-sc_threshold", "0")
    (match,) = archive.early(edit(archive.clip, tmp_path / "once.mp4", *once))
    (segment,) = match.segments
    assert abs(segment.known.start_ms - segment.query.start_ms) <= 1_100


def test_frames_that_come_in_another_order_do_not_agree(archive: Archive, tmp_path: Path) -> None:
    backwards = edit(archive.clip, tmp_path / "backwards.mp4", "-vf", "reverse", "-an")
    assert archive.early(backwards) == []


def fingerprinted(times_ms: NDArray[np.int64], shown: NDArray[np.int64]) -> Fingerprinted:
    """A fingerprint whose frames show some of many pictures, by their numbers, at some times."""
    made = make_fingerprint(frames=1_000, sound=0)
    rows = {name: getattr(made, name)[shown] for name in (*ROWS, *ROWS_OF_VIEWS)}
    duration_ms = int(times_ms[-1]) + 1_000
    info = MediaInfo(MediaKind.VIDEO, "video/mp4", duration_ms, 640, 360, has_audio=False)
    seen = replace(made, **rows, timestamps_ms=times_ms, duration_ms=duration_ms)
    return Fingerprinted(info, seen, NO_PICTURES)


def test_an_hour_that_stands_still_is_answered_for_at_once() -> None:
    known = fingerprinted(1_000 * np.arange(3_600), np.zeros(3_600, np.int64))
    seen = fingerprinted(np.arange(12) * 5_007, np.zeros(12, np.int64))
    library = MemoryLibrary([known])
    started = time.process_time()
    assert early_matches(seen.fingerprint, library) == []
    assert time.process_time() - started < 3


def test_a_moment_is_told_in_an_hour_that_mostly_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview, "OFFSETS_MAX", 50)
    shown = np.zeros(600, np.int64)
    shown[300:312] = np.arange(12) + 1
    known = fingerprinted(1_000 * np.arange(600), shown)
    seen = fingerprinted(np.arange(14) * 1_007, np.r_[0, np.arange(12) + 1, 0])
    (match,) = early_matches(seen.fingerprint, MemoryLibrary([known]))
    assert abs(match.segments[0].known.start_ms - 299_000) <= 1_000
