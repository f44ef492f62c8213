from pathlib import Path

import pytest

from app.core import (
    DecodeLimits,
    Fingerprinted,
    Grade,
    Relation,
    default_describers,
    find_matches,
    fingerprint_file,
)
from app.core.matching import matcher
from tests.filming import edit, ffmpeg, film

DESCRIBERS = default_describers()


def fingerprinted(path: Path) -> Fingerprinted:
    return fingerprint_file(path, DESCRIBERS, DecodeLimits())


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("known") / "known.mp4", seconds=12, seed=11, shots=4)


@pytest.fixture(scope="module")
def known_read(known: Path) -> Fingerprinted:
    return fingerprinted(known)


def test_an_excerpt_is_found_and_placed_and_an_unrelated_clip_is_not(
    known: Path, known_read: Fingerprinted, tmp_path: Path
) -> None:
    cut, other = tmp_path / "cut.mp4", film(tmp_path / "other.mp4", seconds=4, seed=99)
    ffmpeg("-ss", "4.4", "-t", "5", "-i", known, "-vf", "hflip", "-an", cut)
    matches = find_matches(fingerprinted(cut), [fingerprinted(other), known_read])
    best = matches[0]
    assert (best.number, best.grade is not Grade.LEAD) == (1, True)
    assert best.coverage_query > 0.9
    assert abs(min(s.known.start_ms for s in best.segments) - 4_400) <= 1000
    assert abs(max(s.known.end_ms for s in best.segments) - 9_400) <= 1000
    assert any(t.kind == "mirror" for s in best.segments for t in s.transforms)
    assert best.evidence
    assert all(each.grade is Grade.LEAD for each in matches[1:])


def test_nothing_is_more_alike_than_equal_pictures(
    known: Path, known_read: Fingerprinted, tmp_path: Path
) -> None:
    ffmpeg("-i", known, "-c", "copy", tmp_path / "copy.mkv")
    (best,) = find_matches(fingerprinted(tmp_path / "copy.mkv"), [known_read])
    told = [each.score for each in best.segments] + [each.similarity for each in best.evidence]
    assert 0.98 < min(told) <= max(told) <= 1.0


def test_a_slightly_changed_speed_is_measured(
    known: Path, known_read: Fingerprinted, tmp_path: Path
) -> None:
    fast = tmp_path / "fast.mp4"
    ffmpeg("-ss", "1", "-t", "10", "-i", known, "-vf", "setpts=PTS/1.05", "-an", fast)
    best = find_matches(fingerprinted(fast), [known_read])[0]
    assert best.grade is not Grade.LEAD
    longest = max(best.segments, key=lambda segment: segment.query.length_ms)
    assert abs(longest.speed - 1.05) <= 0.03
    assert abs(min(s.known.start_ms for s in best.segments) - 1_000) <= 500
    assert abs(max(s.known.end_ms for s in best.segments) - 11_000) <= 500


def test_what_lacks_the_middle_is_edited_and_says_which_seconds_it_has(
    known: Path, known_read: Fingerprinted, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.mp4"
    without = "select='not(between(t,4,8))',setpts=N/FRAME_RATE/TB"
    ffmpeg("-i", known, "-vf", without, "-an", cut)
    best = find_matches(fingerprinted(cut), [known_read])[0]
    assert (best.relation, best.grade) == (Relation.EDITED, Grade.CERTAIN)
    assert best.coverage_query > 0.9
    first, second = best.segments
    assert abs(first.known.end_ms - 4_000) <= 500
    assert abs(second.known.start_ms - 8_000) <= 500


def test_what_shows_other_pictures_in_the_middle_is_edited_however_short_they_are(
    tmp_path: Path,
) -> None:
    long, other = tmp_path / "long.mp4", tmp_path / "other.mp4"
    film(long, seconds=20, seed=81, shots=5, audio=False)
    film(other, seconds=2, seed=82, shots=1, audio=False)
    put = "[0:v]split[a][b];[a]trim=0:8,setpts=PTS-STARTPTS[a];[1:v]trim=0:1.8,setpts=PTS-STARTPTS[m];"
    put += "[b]trim=9.8:20,setpts=PTS-STARTPTS[b];[a][m][b]concat=n=3[v]"
    replaced = tmp_path / "replaced.mp4"
    ffmpeg("-i", long, "-i", other, "-filter_complex", put, "-map", "[v]", replaced)
    best = find_matches(fingerprinted(replaced), [fingerprinted(long)])[0]
    assert best.coverage_query > 0.9
    assert (best.relation, len(best.segments)) == (Relation.EDITED, 2)


def test_every_round_of_a_loop_is_found(
    known: Path, known_read: Fingerprinted, tmp_path: Path
) -> None:
    loop = tmp_path / "loop.mp4"
    rounds = "[0:v]split=3[x][y][z];[x][y][z]concat=n=3[v]"
    cut = ("-ss", "1", "-t", "2.4", "-i", known)
    ffmpeg(*cut, "-filter_complex", rounds, "-map", "[v]", loop)
    best = find_matches(fingerprinted(loop), [known_read])[0]
    assert best.coverage_query > 0.9
    starts = sorted(segment.query.start_ms for segment in best.segments)
    assert starts == pytest.approx([0, 2_400, 4_800], abs=400)
    assert all(abs(each.known.start_ms - 1_000) <= 400 for each in best.segments)


def test_rounds_of_a_loop_are_found_before_a_camera_that_stands_still(
    real_media: Path, tmp_path: Path
) -> None:
    bottles, loop = tmp_path / "bottles.mp4", tmp_path / "loop.mp4"
    ffmpeg("-t", "16", "-i", real_media / "clips" / "bottle-detection.mp4", "-an", bottles)
    rounds = "[0:v]split=3[x][y][z];[x][y][z]concat=n=3[v]"
    cut = ("-ss", "10", "-t", "2.5", "-i", bottles)
    ffmpeg(*cut, "-filter_complex", rounds, "-map", "[v]", loop)
    best = find_matches(fingerprinted(loop), [fingerprinted(bottles)])[0]
    assert best.grade is Grade.CERTAIN
    assert best.coverage_query > 0.7
    assert all(9_500 <= each.known.start_ms <= 12_000 for each in best.segments)


def test_the_bare_corners_of_a_tilted_picture_are_no_borders(
    known: Path, known_read: Fingerprinted, tmp_path: Path
) -> None:
    tilted = edit(known, tmp_path / "tilted.mp4", "-vf", "rotate=0.26:fillcolor=black")
    best = find_matches(fingerprinted(tilted), [known_read])[0]
    named = {each.kind for segment in best.segments for each in segment.transforms}
    assert "rotation" in named
    assert not {"borders", "picture_in_picture"} & named


def test_what_is_looked_at_side_by_side_is_found_as_one_by_one(
    known: Path, known_read: Fingerprinted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, quality in (("upload.mp4", 30), ("copy.mp4", 24)):
        ffmpeg(
            "-t", "4", "-i", known, "-c:v", "libx264", "-crf", str(quality), "-an", tmp_path / name
        )
    upload, copy = (fingerprinted(tmp_path / name) for name in ("upload.mp4", "copy.mp4"))
    other = fingerprinted(film(tmp_path / "other.mp4", seconds=4, seed=99))
    library = [other, known_read, copy]
    together = find_matches(upload, library)
    monkeypatch.setattr(matcher, "AT_ONCE", 1)
    by_one = find_matches(upload, library)
    assert [(each.number, each.to_json()) for each in together] == [
        (each.number, each.to_json()) for each in by_one
    ]
    assert {each.number for each in together if each.grade is Grade.CERTAIN} == {1, 2}
