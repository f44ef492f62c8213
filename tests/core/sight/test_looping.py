"""A loop is as sure as most of its rounds: the same pictures again are no new evidence."""

from pathlib import Path

import pytest

from app.core import Fingerprinted, Grade, find_matches, fingerprint_file
from tests.filming import ffmpeg

ROUND_MS = 2_167


@pytest.fixture(scope="module")
def loop(real_media: Path, tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    """Six rounds of one sign, shown before a camera that stands still."""
    path = tmp_path_factory.mktemp("loops") / "loop.mp4"
    ffmpeg("-stream_loop", "5", "-i", real_media / "clips" / "yes.mkv", "-an", path)
    return fingerprint_file(path)


@pytest.mark.long
def test_another_take_in_the_same_room_alerts_nobody_however_often_it_is_repeated(
    loop: Fingerprinted, real_media: Path
) -> None:
    other = fingerprint_file(real_media / "clips" / "no.mkv")
    assert all(match.grade is Grade.LEAD for match in find_matches(loop, [other]))


@pytest.mark.long
def test_every_round_of_the_take_itself_is_told(loop: Fingerprinted, real_media: Path) -> None:
    (match,) = find_matches(loop, [fingerprint_file(real_media / "clips" / "yes.mkv")])
    assert match.grade is Grade.CERTAIN
    starts = [each.query.start_ms for each in match.segments]
    assert starts == pytest.approx([ROUND_MS * place for place in range(6)], abs=300)
