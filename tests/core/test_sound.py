from pathlib import Path

import numpy as np
import pytest

from app.core.errors import Corrupt
from app.core.media import DecodeLimits
from app.core.probe import probe
from app.core.sound import SOUND_STEP_MS, sound_fingerprint
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
