from pathlib import Path

import numpy as np
import pytest

from app.core.decoding.probe import probe
from app.core.errors import Corrupt, Unreadable
from app.core.fingerprints.fingerprinting import fingerprint_file
from app.core.fingerprints.sound import SOUND_STEP_MS, sound_fingerprint
from app.core.media import DecodeLimits
from tests.filming import SAMPLE_RATE, edit, ffmpeg, film, melody, tune, write_wav

LIMITS = DecodeLimits(cpu_s=30, wall_s=30)


def listen(path: Path) -> np.ndarray:
    return sound_fingerprint(path, probe(path, LIMITS), LIMITS)


def differing_bits(one: np.ndarray, other: np.ndarray) -> float:
    """Of 32; unrelated sound differs in about 16."""
    length = min(len(one), len(other))
    return float(np.bitwise_count(one[:length] ^ other[:length]).mean())


def test_the_step_is_what_longer_sounds_add(tmp_path: Path) -> None:
    short, long = (listen(tune(tmp_path / f"{s}.wav", seconds=s)) for s in (20, 60))
    assert abs((len(long) - len(short)) * SOUND_STEP_MS - 40_000) < 2 * SOUND_STEP_MS


def test_the_same_music_agrees_after_recompression_and_other_music_does_not(tmp_path: Path) -> None:
    original = tune(tmp_path / "original.wav", seconds=12, seed=3)
    first = listen(original)
    assert differing_bits(first, listen(edit(original, tmp_path / "copy.mp3", "-b:a", "64k"))) < 5
    assert differing_bits(first, listen(tune(tmp_path / "other.wav", seconds=12, seed=4))) > 10


@pytest.mark.parametrize("coding", ["flac", "mp3"])
def test_channels_of_opposite_phase_do_not_silence_each_other(tmp_path: Path, coding: str) -> None:
    original = tune(tmp_path / "original.wav", seconds=12, seed=3)
    opposed = ("-af", "pan=stereo|c0=c0|c1=-1*c0", "-b:a", "128k")
    copy = edit(original, tmp_path / f"copy.{coding}", *opposed)
    assert differing_bits(listen(original), listen(copy)) < 5


def test_an_excerpt_agrees_at_its_place(tmp_path: Path) -> None:
    music = melody(20, seed=5)
    whole = listen(write_wav(tmp_path / "whole.wav", music))
    start_s = 80 * SOUND_STEP_MS / 1000
    excerpt = listen(write_wav(tmp_path / "part.wav", music[round(start_s * SAMPLE_RATE) :]))
    assert differing_bits(whole[80:], excerpt) < 3


@pytest.mark.parametrize("suffix", ["mkv", "ts", "mpg"])
def test_sound_that_starts_late_keeps_its_place(tmp_path: Path, suffix: str) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=12, size=(64, 48), shots=1)
    late = tmp_path / f"late.{suffix}"
    delay_s = 20 * SOUND_STEP_MS / 1000
    inputs = ("-i", clip, "-itsoffset", f"{delay_s:.4f}", "-i", clip)
    coding = ("-c", "copy") if suffix == "mkv" else ("-c:v", "mpeg2video", "-c:a", "mp2")
    ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", *coding, late)
    assert differing_bits(listen(clip), listen(late)[20:]) < 5


def test_no_sound_gives_no_items(tmp_path: Path) -> None:
    silent = film(tmp_path / "silent.mp4", seconds=1, shots=1, audio=False)
    assert listen(silent).shape == (0,)


def test_silence_repeats_one_item(tmp_path: Path) -> None:
    quiet = write_wav(tmp_path / "quiet.wav", np.zeros(10 * SAMPLE_RATE, np.int16))
    assert len(set(listen(quiet).tolist())) == 1


def test_a_sound_file_of_noise_bytes_is_corrupt(tmp_path: Path) -> None:
    flac = tune(tmp_path / "sound.flac", seconds=5)
    data = flac.read_bytes()
    junk = np.random.default_rng(1).integers(0, 127, len(data) - 200, np.uint8).tobytes()
    flac.write_bytes(data[:200] + junk)
    with pytest.raises(Corrupt):
        listen(flac)


def bilingual(path: Path, first: Path, second: Path) -> Path:
    """A picture with two sounds, as AAC."""
    inputs = ("-f", "lavfi", "-i", "color=gray:s=64x48:r=12:d=12", "-i", first, "-i", second)
    chosen = ("-map", "0", "-map", "1", "-map", "2", "-c:a", "aac")
    ffmpeg(*inputs, *chosen, path)
    return path


@pytest.fixture
def two_sounds(tmp_path: Path) -> tuple[Path, Path]:
    first, second = (tune(tmp_path / f"{seed}.wav", seconds=12, seed=seed) for seed in (3, 4))
    return first, second


def unknown(path: Path, times: int) -> Path:
    """The file with a codec that nobody knows in so many tracks."""
    data = path.read_bytes()
    assert data.count(b"A_AAC") >= times
    path.write_bytes(data.replace(b"A_AAC", b"A_XYZ", times))
    return path


def test_the_first_track_that_can_be_decoded_is_heard(
    tmp_path: Path, two_sounds: tuple[Path, Path]
) -> None:
    first, second = map(listen, two_sounds)
    clip = bilingual(tmp_path / "clip.mkv", *two_sounds)
    assert differing_bits(listen(clip), first) < 5
    assert differing_bits(listen(unknown(clip, 1)), second) < 5


def test_behind_an_empty_track_the_next_is_heard(
    tmp_path: Path, two_sounds: tuple[Path, Path]
) -> None:
    clip, empty = bilingual(tmp_path / "clip.mkv", *two_sounds), tmp_path / "empty.mkv"
    ffmpeg("-i", clip, "-map", "0", "-c", "copy", "-bsf:a:0", "noise=drop=1", empty)
    assert differing_bits(listen(empty), listen(two_sounds[1])) < 5


def test_behind_a_silent_track_the_next_is_heard(
    tmp_path: Path, two_sounds: tuple[Path, Path]
) -> None:
    clip, first = bilingual(tmp_path / "clip.mkv", *two_sounds), tmp_path / "first.mkv"
    ffmpeg("-i", clip, "-map", "0", "-c:v", "copy", "-filter:a:0", "volume=0", first)
    assert differing_bits(listen(first), listen(two_sounds[1])) < 5
    silent = tmp_path / "silent.mkv"
    ffmpeg("-i", clip, "-map", "0", "-c:v", "copy", "-af", "volume=0", silent)
    assert len(set(listen(silent).tolist())) == 1


def test_a_second_track_that_begins_late_keeps_its_place(
    tmp_path: Path, two_sounds: tuple[Path, Path]
) -> None:
    clip, late = film(tmp_path / "clip.mp4", seconds=12, size=(64, 48)), tmp_path / "late.ts"
    delay_s = 20 * SOUND_STEP_MS / 1000
    sounds = ("-i", two_sounds[0], "-itsoffset", f"{delay_s:.4f}", "-i", two_sounds[1])
    chosen = ("-map", "0:v", "-map", "1", "-map", "2", "-c:v", "copy", "-c:a", "mp2")
    ffmpeg("-i", clip, *sounds, *chosen, "-bsf:a:0", "noise=drop=1", late)
    assert differing_bits(listen(late)[20:], listen(two_sounds[1])) < 5


def test_of_sound_that_nobody_can_decode_nothing_is_known(
    tmp_path: Path, two_sounds: tuple[Path, Path]
) -> None:
    clip, alone = bilingual(tmp_path / "clip.mkv", *two_sounds), tmp_path / "alone.mka"
    ffmpeg("-i", clip, "-map", "0:a", "-c", "copy", alone)
    assert probe(unknown(clip, 2), LIMITS).has_audio
    assert len(fingerprint_file(clip, None, LIMITS).fingerprint.sound) == 0
    assert len(fingerprint_file(unknown(alone, 1), None, LIMITS).fingerprint.sound) > 50
    with pytest.raises(Unreadable):
        fingerprint_file(unknown(alone, 1), None, LIMITS)
