"""Copies with a picture every second or two are told over all their time: each picture is one moment."""

from pathlib import Path

import pytest

from app.core import Fingerprinted, Grade, find_matches, fingerprint_file
from tests.core.rooms import encoded, room
from tests.filming import ffmpeg

SECONDS = 24.0


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    return fingerprint_file(encoded(tmp_path_factory.mktemp("few") / "known.mp4", room(SECONDS)))


def few_pictures(folder: Path, seed: int = 3) -> Fingerprinted:
    """A take of the room with a picture every two seconds."""
    whole, few = encoded(folder / "whole.mp4", room(SECONDS, seed)), folder / "few.mp4"
    ffmpeg("-i", whole, "-vf", "fps=0.5", "-pix_fmt", "yuv420p", few)
    return fingerprint_file(few)


@pytest.mark.long
def test_a_copy_of_few_pictures_is_told_from_beginning_to_end(
    known: Fingerprinted, tmp_path: Path
) -> None:
    (match,) = find_matches(few_pictures(tmp_path), [known])
    assert match.grade is not Grade.LEAD
    assert match.coverage_query > 0.9
    assert match.coverage_known > 0.9
    assert [each.speed for each in match.segments] == pytest.approx([1.0], abs=0.03)


@pytest.mark.long
def test_few_pictures_of_another_take_are_a_lead_at_most(
    known: Fingerprinted, tmp_path: Path
) -> None:
    found = find_matches(few_pictures(tmp_path, seed=11), [known])
    assert all(match.grade is Grade.LEAD for match in found)
