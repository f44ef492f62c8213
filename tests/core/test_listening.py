from pathlib import Path

import pytest

from app.core import (
    DecodeLimits,
    Fingerprinted,
    Grade,
    Relation,
    find_matches,
    fingerprint_file,
)
from app.core.matches import Modality
from tests.filming import ffmpeg, film, tune


def fingerprinted(path: Path) -> Fingerprinted:
    """Without a model: sound needs none."""
    return fingerprint_file(path, None, DecodeLimits())


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    return tune(folder / "known.mp3", seconds=45, seed=5)


def test_an_excerpt_of_the_sound_under_another_picture_is_found_and_placed(
    known: Path, tmp_path: Path
) -> None:
    picture, clip = film(tmp_path / "p.mp4", seconds=24, seed=9, audio=False), tmp_path / "c.mp4"
    sound = ("-ss", "12", "-t", "24", "-i", known)
    ffmpeg("-i", picture, *sound, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-b:a", "64k", clip)
    other = tune(tmp_path / "other.mp3", seconds=45, seed=6)
    files = [fingerprinted(other), fingerprinted(known)]
    best, *rest = find_matches(fingerprinted(clip), files)
    assert (best.number, best.relation) == (1, Relation.SAME_SOUND)
    assert best.grade is not Grade.LEAD
    (segment,) = best.segments
    assert segment.modality is Modality.AUDIO
    assert abs(segment.known.start_ms - segment.query.start_ms - 12_000) < 500
    assert segment.query.length_ms > 18_000
    assert all(each.grade is Grade.LEAD for each in rest)


@pytest.mark.parametrize("sound", ["anullsrc=r=22050", "sine=f=100:r=22050"])
def test_silence_and_hum_raise_no_alert(sound: str, tmp_path: Path) -> None:
    files = []
    for name in ("a.wav", "b.wav"):
        ffmpeg("-f", "lavfi", "-i", sound, "-t", "30", tmp_path / name)
        files.append(fingerprinted(tmp_path / name))
    assert all(each.grade is Grade.LEAD for each in find_matches(files[0], files[1:]))
