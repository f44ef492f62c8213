"""Same sound under other pictures, same pictures with another sound; found without a model."""

from pathlib import Path

import pytest

from app.core import (
    DecodeLimits,
    Fingerprinted,
    Grade,
    Relation,
    find_matches,
    fingerprint_file,
    match,
)
from app.core.matches import Modality
from app.core.matching.library import MemoryLibrary
from app.core.policy import Note
from tests.filming import edit, ffmpeg, film, tune

SIZE = (160, 120)


def fingerprinted(path: Path) -> Fingerprinted:
    return fingerprint_file(path, None, DecodeLimits())


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(
        tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=16, seed=31, shots=8, size=SIZE
    )


@pytest.fixture(scope="module")
def clip(clip_file: Path) -> Fingerprinted:
    return fingerprinted(clip_file)


def with_sound(picture: Path, sound: Path, path: Path) -> Path:
    inputs = ("-i", picture, "-i", sound, "-map", "0:v", "-map", "1:a")
    ffmpeg(*inputs, "-c:v", "copy", "-b:a", "64k", "-shortest", path)
    return path


def kinds(query: Fingerprinted, known: Fingerprinted) -> tuple[Modality, set[str]]:
    """The modality and the names of the one segment that an alert shows."""
    (found,) = find_matches(query, [known])
    assert found.grade is not Grade.LEAD
    (segment,) = found.segments
    return segment.modality, {each.kind for each in segment.transforms}


def test_another_sound_under_the_same_picture_is_named(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    sound = tune(tmp_path / "other.mp3", seconds=16, seed=32)
    query = fingerprinted(with_sound(clip_file, sound, tmp_path / "q.mp4"))
    (found,) = find_matches(query, [clip])
    assert (found.grade is Grade.LEAD, found.relation) == (False, Relation.EDITED)
    (segment,) = found.segments
    assert segment.modality is Modality.VISUAL
    assert "sound_replaced" in {each.kind for each in segment.transforms}


def test_a_dubbed_part_is_told_apart_from_the_sound_around_it(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    sound = tune(tmp_path / "other.mp3", seconds=16, seed=36)
    dubbed = tmp_path / "dubbed.mp4"
    own = "[0:a]volume=0:enable='between(t,4,12)'[a]"
    other = "[1:a]volume=0:enable='not(between(t,4,12))'[b]"
    ffmpeg(
        *("-i", clip_file, "-i", sound, "-filter_complex"),
        f"{own};{other};[a][b]amix=duration=shortest:normalize=0[s]",
        *("-map", "0:v", "-map", "[s]", "-b:a", "64k", dubbed),
    )
    (found,) = find_matches(fingerprinted(dubbed), [clip])
    assert found.relation is Relation.EDITED
    told = [(each.modality, {name.kind for name in each.transforms}) for each in found.segments]
    own_sound = (Modality.BOTH, {"reencode"})
    assert told == [own_sound, (Modality.VISUAL, {"sound_replaced"}), own_sound]
    _, part, _ = found.segments
    assert part.query.start_ms == pytest.approx(4_000, abs=1_000)
    assert part.query.end_ms == pytest.approx(12_000, abs=1_000)
    assert part.known.start_ms == pytest.approx(part.query.start_ms, abs=100)
    assert part.known.end_ms == pytest.approx(part.query.end_ms, abs=100)


def test_sound_that_ends_before_the_picture_is_taken_away_there(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    muted = edit(clip_file, tmp_path / "muted.mp4", "-af", "volume=0:enable='gte(t,7)'")
    (found,) = find_matches(fingerprinted(muted), [clip])
    assert found.relation is Relation.EDITED
    both, silent = found.segments
    assert (both.modality, silent.modality) == (Modality.BOTH, Modality.VISUAL)
    assert [each.kind for each in silent.transforms] == ["sound_removed"]
    assert silent.query.start_ms == pytest.approx(7_000, abs=1_000)


@pytest.mark.parametrize("options", [("-an",), ("-af", "volume=0")])
def test_sound_taken_away_is_named(
    options: tuple[str, ...], clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    query = fingerprinted(edit(clip_file, tmp_path / "q.mp4", *options))
    assert kinds(query, clip) == (Modality.VISUAL, {"sound_removed"})


def test_the_same_sound_is_named_neither(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    query = fingerprinted(edit(clip_file, tmp_path / "q.mp4", "-b:a", "24k"))
    assert kinds(query, clip) == (Modality.BOTH, {"reencode"})


def test_of_sound_that_cannot_be_compared_nothing_is_said(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    silent = edit(clip_file, tmp_path / "silent.mp4", "-an")
    assert kinds(clip, fingerprinted(silent)) == (Modality.VISUAL, {"reencode"})
    short = ("-t", "4", "-af", "asetrate=22050*1.2,aresample=22050")
    query = fingerprinted(edit(clip_file, tmp_path / "short.mp4", *short))
    assert kinds(query, clip) == (Modality.VISUAL, {"reencode"})


def test_sound_of_a_codec_that_nobody_knows_is_not_called_removed(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    file = tmp_path / "unknown.mkv"
    ffmpeg("-i", clip_file, "-c", "copy", file)
    file.write_bytes(file.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    assert kinds(fingerprinted(file), clip) == (Modality.VISUAL, {"reencode"})


def test_sound_that_runs_on_under_other_pictures_has_a_segment_of_its_own(
    clip_file: Path, clip: Fingerprinted, tmp_path: Path
) -> None:
    cover = film(tmp_path / "cover.mp4", seconds=16, seed=33, shots=8, size=SIZE, audio=False)
    covered = tmp_path / "covered.mp4"
    switch = "[0:v]trim=end=8,setpts=PTS-STARTPTS[a];[1:v]trim=start=8,setpts=PTS-STARTPTS[b]"
    join = f"{switch};[a][b]concat=n=2:v=1:a=0[v]"
    ffmpeg(
        *("-i", clip_file, "-i", cover, "-filter_complex", join),
        *("-map", "[v]", "-map", "0:a", "-b:a", "64k", covered),
    )
    (found,) = find_matches(fingerprinted(covered), [clip])
    first, second = found.segments
    assert (first.modality, second.modality) == (Modality.BOTH, Modality.AUDIO)
    assert abs(second.query.start_ms - 8_000) < 1_000
    assert abs(second.query.end_ms - 16_000) < 1_000
    assert second.known.start_ms == pytest.approx(second.query.start_ms, abs=200)
    assert found.coverage_query > 0.95
    assert found.relation is Relation.EDITED


def test_a_black_end_of_both_is_no_edit(clip_file: Path, tmp_path: Path) -> None:
    faded, again = tmp_path / "faded.mp4", tmp_path / "again.mp4"
    edit(clip_file, faded, "-vf", "drawbox=t=fill:color=black:enable='gte(t,8)'")
    ffmpeg("-i", faded, "-vf", "scale=240:180", "-b:a", "64k", again)
    (found,) = find_matches(fingerprinted(again), [fingerprinted(faded)])
    assert (found.relation, found.segments[-1].query.end_ms > 15_000) == (Relation.TRANSCODE, True)


def pictures(folder: Path, seed: int, seconds: float = 16) -> Path:
    path = folder / f"{seed}.pictures.mp4"
    return film(path, seconds=seconds, seed=seed, shots=4, size=SIZE, audio=False)


def test_a_music_bed_under_many_unlike_clips_is_only_a_lead(tmp_path: Path) -> None:
    bed = tune(tmp_path / "bed.mp3", seconds=16, seed=40)
    clips = [
        fingerprinted(with_sound(pictures(tmp_path, seed), bed, tmp_path / f"{seed}.mp4"))
        for seed in range(41, 48)
    ]
    query, *known = clips
    few = find_matches(query, known[:1])
    assert [each.relation for each in few] == [Relation.SAME_SOUND]
    many = find_matches(query, known)
    assert len(many) == len(known)
    assert all(each.grade is Grade.LEAD for each in many)
    assert all(each.notes == (Note.COMMON_MATERIAL,) for each in many)


def test_a_loop_under_other_pictures_is_only_a_lead_however_long_it_plays(tmp_path: Path) -> None:
    bar, bed = tune(tmp_path / "bar.wav", seconds=4, seed=55), tmp_path / "bed.wav"
    ffmpeg("-stream_loop", "4", "-i", bar, bed)
    query, known = (
        fingerprinted(with_sound(pictures(tmp_path, seed), bed, tmp_path / f"{seed}.mp4"))
        for seed in (56, 57)
    )
    (found,) = find_matches(query, [known])
    assert found.grade is Grade.LEAD
    assert found.segments[0].query.length_ms > 15_000


def test_a_short_jingle_under_other_pictures_is_only_a_lead(tmp_path: Path) -> None:
    query, known = (with_jingle(tmp_path, seed) for seed in (51, 52))
    (found,) = find_matches(query, [known])
    assert found.grade is Grade.LEAD
    assert found.segments[0].query.length_ms == pytest.approx(6_000, abs=1_000)


def test_a_short_jingle_beside_common_music_is_only_a_lead(tmp_path: Path) -> None:
    query, known = (with_jingle(tmp_path, seed) for seed in (51, 52))
    music = fingerprinted(tmp_path / "51.wav")
    (found,) = [
        each for each in match(query, MemoryLibrary([known, music], common={1})) if not each.number
    ]
    assert found.grade is Grade.LEAD
    assert found.segments[0].query.length_ms == pytest.approx(6_000, abs=1_000)


def with_jingle(folder: Path, seed: int) -> Fingerprinted:
    """A clip of its own pictures; a jingle of six seconds, then music of its own."""
    jingle, rest = folder / "jingle.wav", folder / f"{seed}.wav"
    tune(jingle, seconds=6, seed=50)
    tune(rest, seconds=14, seed=seed)
    sound = folder / "all.wav"
    ffmpeg("-i", jingle, "-i", rest, "-filter_complex", "concat=n=2:v=0:a=1", sound)
    return fingerprinted(with_sound(pictures(folder, seed, 20), sound, folder / f"{seed}.mp4"))


def test_one_sound_known_many_times_over_still_alerts(tmp_path: Path) -> None:
    podcast = tune(tmp_path / "podcast.wav", seconds=40, seed=60)
    rates = ("32k", "40k", "48k", "64k", "96k", "128k")
    known = [fingerprinted(edit(podcast, tmp_path / f"{r}.mp3", "-b:a", r)) for r in rates]
    excerpt = tmp_path / "excerpt.m4a"
    ffmpeg("-ss", "10", "-t", "12", "-i", podcast, "-b:a", "64k", excerpt)
    found = find_matches(fingerprinted(excerpt), known)
    assert [each.grade is Grade.LEAD for each in found] == [False] * len(rates)
