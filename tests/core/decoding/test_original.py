from pathlib import Path

import numpy as np
import pytest

from app.core.decoding.decode import sample_frames
from app.core.decoding.original import Original, of_one_size
from app.core.decoding.probe import probe
from app.core.media import DecodeLimits
from tests.filming import ffmpeg, film

LIMITS = DecodeLimits()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("original") / "clip.mp4", seconds=9, shots=2)


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".mpg"])
@pytest.mark.parametrize("late_s", [0, 2])
def test_a_closer_look_is_on_the_timeline_of_the_samples(
    clip: Path, late_s: int, suffix: str
) -> None:
    late = clip.with_name(f"late{late_s}{suffix}")
    delayed = ["-itsoffset", str(late_s), "-i", clip, "-i", clip]
    again = ["mpeg2video", "-fps_mode", "passthrough"] if suffix == ".mpg" else ["copy"]
    coding = ["-c:v", *again, "-c:a", "mp2"]
    ffmpeg(*delayed, "-map", "0:v", "-map", "1:a", *coding, late)
    sampled = {f.timestamp_ms: f.pixels for f in sample_frames(late, probe(late, LIMITS), LIMITS)}
    wanted_ms = next(time for time in sampled if time > 5_500 + late_s * 1000)
    assert min(sampled) == pytest.approx(late_s * 1000, abs=100)
    seen = Original(late, LIMITS).between(wanted_ms - 400, wanted_ms + 400)
    away = {
        time_ms: np.abs(pixels.astype(int) - sampled[wanted_ms]).mean() for time_ms, pixels in seen
    }
    assert min(away, key=lambda time_ms: away[time_ms]) == pytest.approx(wanted_ms, abs=45)
    assert seen[0][0] >= wanted_ms - 450
    assert len(seen) >= 8


def test_a_raw_stream_is_looked_into_as_well(clip: Path) -> None:
    raw = clip.with_suffix(".h264")
    ffmpeg("-i", clip, "-an", "-c:v", "copy", raw)
    sampled = {f.timestamp_ms: f.pixels for f in sample_frames(raw, probe(raw, LIMITS), LIMITS)}
    wanted_ms = next(time for time in sampled if time > 5_500)
    seen = Original(raw, LIMITS).between(wanted_ms - 400, wanted_ms + 400)
    away = {
        time_ms: np.abs(pixels.astype(int) - sampled[wanted_ms]).mean() for time_ms, pixels in seen
    }
    assert min(away, key=lambda time_ms: away[time_ms]) == pytest.approx(wanted_ms, abs=45)
    assert seen[0][0] >= wanted_ms - 450
    assert len(seen) >= 8
    # What lies far inside would cost the decoding of all before it.
    assert Original(raw, LIMITS).between(150_000, 151_000) == []


@pytest.mark.parametrize("suffix", [".mp4", ".h264"])
def test_every_frame_is_given_where_it_is_asked_for(clip: Path, suffix: str) -> None:
    looked = clip.with_name(f"every{suffix}")
    ffmpeg("-i", clip, "-an", "-c:v", "copy", looked)
    seen = Original(looked, LIMITS).between(2_000, 3_000, 0.03)
    steps_ms = np.diff([time_ms for time_ms, _ in seen])
    assert 23 <= len(seen) <= 25
    assert steps_ms.max() <= 43


@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif"])
def test_animated_pictures_are_looked_into_as_well(clip: Path, suffix: str) -> None:
    moving = clip.with_name(f"moving{suffix}")
    coding = ("-c:v", "apng", "-f", "apng") if suffix == ".png" else ()
    ffmpeg("-i", clip, "-an", "-vf", "fps=4,scale=80:-2", *coding, moving)
    sampled = {
        f.timestamp_ms: f.pixels for f in sample_frames(moving, probe(moving, LIMITS), LIMITS)
    }
    looked = Original(moving, LIMITS).between(5_900, 7_100)
    assert [time_ms for time_ms, _ in looked] == [6000, 6250, 6500, 6750, 7000]
    for time_ms, pixels in looked[::4]:
        assert np.abs(pixels.astype(int) - sampled[time_ms]).mean() < 1


def test_a_look_before_the_beginning_starts_at_the_beginning(clip: Path) -> None:
    assert Original(clip, LIMITS).between(-500, 300)[0][0] == 0


def test_frames_that_are_compared_block_by_block_are_of_one_size() -> None:
    wide, tall = np.zeros((9, 16, 3), np.uint8), np.zeros((16, 9, 3), np.uint8)
    kept = of_one_size([(0, wide), (80, tall), (160, tall)])
    assert [time_ms for time_ms, _ in kept] == [80, 160]
    assert of_one_size([]) == []


def test_a_file_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    assert Original(tmp_path / "gone.mp4", LIMITS).between(0, 1_000) == []
