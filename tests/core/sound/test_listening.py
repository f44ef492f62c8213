from pathlib import Path

import numpy as np
import pytest

from app.core import (
    DecodeLimits,
    Fingerprinted,
    Grade,
    Match,
    Relation,
    find_matches,
    fingerprint_file,
)
from app.core.matches import Modality
from tests.filming import SAMPLE_RATE, edit, ffmpeg, film, melody, tune, write_wav

PLACED_MS = 500


def fingerprinted(path: Path) -> Fingerprinted:
    """Without a model: sound needs none."""
    return fingerprint_file(path, None, DecodeLimits())


@pytest.fixture(scope="module")
def known_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    return tune(folder / "known.mp3", seconds=45, seed=5)


@pytest.fixture(scope="module")
def known(known_file: Path) -> Fingerprinted:
    return fingerprinted(known_file)


@pytest.fixture(scope="module")
def long_known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    return fingerprinted(tune(tmp_path_factory.mktemp("long") / "long.mp3", seconds=110, seed=5))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    return fingerprinted(tune(tmp_path_factory.mktemp("other") / "other.mp3", seconds=45, seed=6))


def alerting(matches: list[Match]) -> list[Match]:
    return [each for each in matches if each.grade is not Grade.LEAD]


EDITS = {
    "aac": ("x.m4a", "-b:a", "32k"),
    "mp3": ("x.mp3", "-b:a", "32k"),
    "opus": ("x.opus", "-b:a", "16k"),
    "quiet": ("x.m4a", "-af", "volume=-20dB"),
    "stereo": ("x.m4a", "-ac", "2"),
    "equalised": ("x.m4a", "-af", "bass=g=6,treble=g=-6"),
    "noisy": (
        "x.m4a",
        "-filter_complex",
        "anoisesrc=a=0.02:s=1[n];[0:a][n]amix=2:duration=first:normalize=0",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_four_seconds_are_found_in_longer_sound_after_an_edit(
    name: str, known_file: Path, known: Fingerprinted, other: Fingerprinted, tmp_path: Path
) -> None:
    suffix, *options = EDITS[name]
    cut, query = tmp_path / "cut.wav", tmp_path / suffix
    ffmpeg("-ss", "12.34", "-t", "4.5", "-i", known_file, cut)
    (best,) = alerting(find_matches(fingerprinted(edit(cut, query, *options)), [other, known]))
    assert (best.number, best.relation) == (1, Relation.SAME_SOUND)
    (segment,) = best.segments
    assert abs(segment.known.start_ms - segment.query.start_ms - 12_340) < PLACED_MS
    assert segment.query.start_ms < PLACED_MS
    assert segment.query.end_ms > 4_500 - PLACED_MS


@pytest.mark.parametrize("tempo", [0.92, 1.05, 1.1])
def test_a_changed_tempo_is_followed(
    tempo: float, known_file: Path, known: Fingerprinted, other: Fingerprinted, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.m4a"
    ffmpeg("-ss", "10", "-t", "20", "-i", known_file, "-af", f"atempo={tempo}", cut)
    (best,) = alerting(find_matches(fingerprinted(cut), [other, known]))
    (segment,) = best.segments
    assert best.number == 1
    assert abs(segment.speed - tempo) < 0.02
    assert abs(segment.known.start_ms - 10_000) < PLACED_MS
    assert abs(segment.known.end_ms - 30_000) < PLACED_MS


def test_a_known_sound_is_placed_inside_a_longer_one(
    known: Fingerprinted, other: Fingerprinted, tmp_path: Path
) -> None:
    rate = SAMPLE_RATE
    parts = [melody(20, 71), melody(45, 5)[15 * rate : 27 * rate], melody(20, 72)]
    query = write_wav(tmp_path / "query.wav", np.concatenate(parts))
    (best,) = alerting(find_matches(fingerprinted(query), [known, other]))
    (segment,) = best.segments
    ends = (segment.query.start_ms, segment.query.end_ms)
    assert np.abs(np.array(ends) - (20_000, 32_000)).max() < PLACED_MS
    assert abs(segment.known.start_ms - 15_000) < PLACED_MS


@pytest.mark.parametrize("parts", [((5.3, 20.1), (22.1, 40)), ((28, 40), (3, 8.5))])
def test_all_pieces_of_a_cut_sound_are_placed_though_a_step_hears_two_of_them(
    parts: tuple[tuple[float, float], ...], known: Fingerprinted, tmp_path: Path
) -> None:
    sound, rate = melody(45, 5), SAMPLE_RATE
    pieces = [sound[round(start * rate) : round(end * rate)] for start, end in parts]
    query = write_wav(tmp_path / "query.wav", np.concatenate(pieces))
    (best,) = alerting(find_matches(fingerprinted(query), [known]))
    placed = [(each.known.start_ms, each.known.end_ms) for each in best.segments]
    assert np.abs(np.array(placed) - 1000 * np.array(parts)).max() < 2 * PLACED_MS
    first, second = best.segments
    assert first.query.end_ms <= second.query.start_ms


@pytest.mark.parametrize("left_s", [0.5, 0.9, 1.3])
def test_a_piece_cut_away_before_the_known_file_ends_leaves_the_next_one_its_beginning(
    left_s: float, known: Fingerprinted, tmp_path: Path
) -> None:
    rate, end_s = SAMPLE_RATE, 45 - left_s
    sound = melody(45, 5)
    parts = [sound[25 * rate : round(end_s * rate)], sound[5 * rate : 20 * rate]]
    query = write_wav(tmp_path / "query.wav", np.concatenate(parts))
    (best,) = alerting(find_matches(fingerprinted(query), [known]))
    first, second = best.segments
    assert abs(first.known.end_ms - 1_000 * end_s) < PLACED_MS
    assert abs(second.known.start_ms - 5_000) < PLACED_MS


def test_sound_cut_off_just_after_a_cut_ends_at_the_cut(
    known: Fingerprinted, tmp_path: Path
) -> None:
    rate = SAMPLE_RATE
    parts = [melody(45, 5)[10 * rate : 25 * rate], melody(1, 73)]
    query = write_wav(tmp_path / "query.wav", np.concatenate(parts))
    (best,) = alerting(find_matches(fingerprinted(query), [known]))
    (segment,) = best.segments
    assert abs(segment.query.end_ms - 15_000) < PLACED_MS


def test_an_end_that_is_shared_is_reached(known: Fingerprinted, tmp_path: Path) -> None:
    rate = SAMPLE_RATE
    query = write_wav(tmp_path / "query.wav", melody(45, 5)[25 * rate :])
    (best,) = alerting(find_matches(fingerprinted(query), [known]))
    (segment,) = best.segments
    assert segment.known.end_ms > 44_800
    assert segment.query.start_ms < 200


def test_every_piece_of_a_sound_that_was_cut_often_is_found(
    known: Fingerprinted, tmp_path: Path
) -> None:
    sound, rate = melody(45, 5), SAMPLE_RATE
    starts_s = [16 * place % 39 for place in range(9)]
    pieces = [sound[start * rate : (start + 5) * rate] for start in starts_s]
    query = write_wav(tmp_path / "query.wav", np.concatenate(pieces))
    (best,) = alerting(find_matches(fingerprinted(query), [known]))
    assert len(best.segments) == len(pieces)
    assert best.coverage_query > 0.9


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_pieces_of_a_sound_are_not_taken_for_one_that_plays_at_another_speed(
    seed: int, long_known: Fingerprinted, tmp_path: Path
) -> None:
    random, sound, pieces, shifts_ms = np.random.default_rng(seed), melody(110, 5), [], [5_000.0]
    for _ in range(8):
        length_s, pause_s = float(random.uniform(3, 10)), float(random.uniform(0.3, 2.5))
        start_s = sum(map(len, pieces)) / SAMPLE_RATE + shifts_ms[-1] / 1_000
        pieces.append(sound[round(start_s * SAMPLE_RATE) :][: round(length_s * SAMPLE_RATE)])
        shifts_ms.append(shifts_ms[-1] + 1_000 * pause_s)
    query = write_wav(tmp_path / "query.wav", np.concatenate(pieces))
    (best,) = alerting(find_matches(fingerprinted(query), [long_known]))
    assert {segment.speed for segment in best.segments} == {1.0}
    assert len(best.segments) >= len(pieces) - 1
    for segment in best.segments:
        shift_ms = segment.known.start_ms - segment.query.start_ms
        assert min(abs(shift_ms - each) for each in shifts_ms) < 200


def dubbed(picture: Path, sound: Path, path: Path, *, start_s: float = 0.0) -> Path:
    """The pictures of one file with the sound of another, from its second `start_s` on."""
    inputs = ("-i", picture, "-ss", str(start_s), "-i", sound)
    ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-b:a", "64k", "-shortest", path)
    return path


def test_an_excerpt_of_the_sound_under_another_picture_is_found_and_placed(
    known_file: Path, known: Fingerprinted, other: Fingerprinted, tmp_path: Path
) -> None:
    picture = film(tmp_path / "p.mp4", seconds=24, seed=9, audio=False)
    clip = fingerprinted(dubbed(picture, known_file, tmp_path / "c.mp4", start_s=12))
    (best,) = alerting(find_matches(clip, [other, known]))
    assert (best.number, best.relation) == (1, Relation.SAME_SOUND)
    (segment,) = best.segments
    assert segment.modality is Modality.AUDIO
    assert abs(segment.known.start_ms - segment.query.start_ms - 12_000) < PLACED_MS
    assert segment.query.length_ms > 23_000


STEADY = {
    "silence": "anullsrc=r=22050",
    "tone": "sine=f=100:r=22050",
    "hum": "aevalsrc='0.5*sin(2*PI*50*t)+0.3*sin(2*PI*150*t+SEED)+0.05*(random(SEED)-0.5)'",
    "noise": "anoisesrc=c=pink:s=SEED",
    "siren": "aevalsrc='0.5*sin(2*PI*(700*t+100*sin(PI*t+SEED)))+0.02*(random(SEED)-0.5)'",
    "beeps": "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t+0.3*SEED,1),0.3)+0.01*(random(SEED)-0.5)'",
}


@pytest.mark.parametrize("name", STEADY)
def test_what_sounds_the_same_for_long_raises_no_alert(name: str, tmp_path: Path) -> None:
    files = []
    for seed in ("1", "2"):
        path, source = tmp_path / f"{seed}.wav", STEADY[name].replace("SEED", seed)
        ffmpeg("-f", "lavfi", "-i", source, "-t", "30", "-ar", "22050", path)
        files.append(fingerprinted(path))
    assert not alerting(find_matches(files[0], files[1:]))
