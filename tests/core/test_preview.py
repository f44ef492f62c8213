from pathlib import Path

import pytest

from app.core.describe import Describers, default_describers
from app.core.fingerprinting import Fingerprinted, fingerprint_file
from app.core.glimpse import glimpse
from app.core.library import MemoryLibrary
from app.core.matches import Match
from app.core.media import DecodeLimits
from app.core.policy import Grade, Relation
from app.core.preview import early_matches
from tests.filming import black, edit, film

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)


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
    assert 0.3 <= match.confidence <= 0.5
    assert match.evidence == ()


def test_what_is_unrelated_or_black_gives_nothing(archive: Archive, tmp_path: Path) -> None:
    assert archive.early(film(tmp_path / "new.mp4", seconds=10, seed=9, shots=5)) == []
    assert archive.early(black(tmp_path / "black.mp4", seconds=10)) == []


def test_one_frame_is_never_enough(archive: Archive, tmp_path: Path) -> None:
    one_shot = edit(archive.clip, tmp_path / "shot.mp4", "-ss", "2", "-t", "1.9")
    assert glimpse(one_shot, None, LIMITS).frames == 1
    assert archive.early(one_shot) == []


def test_frames_that_come_in_another_order_do_not_agree(archive: Archive, tmp_path: Path) -> None:
    backwards = edit(archive.clip, tmp_path / "backwards.mp4", "-vf", "reverse", "-an")
    assert archive.early(backwards) == []
