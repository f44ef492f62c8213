from pathlib import Path

import numpy as np

from app.core.fingerprints.describe import default_describers
from app.core.fingerprints.fingerprint import algorithm_id, decode, encode
from app.core.fingerprints.glimpse import FRAMES_MAX, READ_THROUGH_MS, glimpse
from app.core.index import SearchQuery
from app.core.media import DecodeLimits
from tests.filming import edit, ffmpeg, film, tune

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)


def test_key_frames_are_seen_at_their_times(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=8, shots=4)
    seen = glimpse(clip, None, LIMITS)
    assert seen.timestamps_ms.tolist() == [0, 2000, 4000, 6000]
    assert seen.algorithm == algorithm_id(None, None)
    assert seen.votes.all()
    assert seen.pdq_forms.shape == (4, 2, 32)


def test_of_a_short_clip_with_one_key_frame_others_are_seen(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=8, shots=4)
    once = edit(clip, tmp_path / "once.mp4", "-g", "999", "-sc_threshold", "0")
    seen = glimpse(once, None, LIMITS)
    assert seen.frames == FRAMES_MAX
    assert np.diff(seen.timestamps_ms).max() < 1000


def test_key_frames_of_a_late_picture_keep_to_the_time_of_the_sound(tmp_path: Path) -> None:
    clip, late = film(tmp_path / "clip.mp4", seconds=8, shots=4), tmp_path / "late.mkv"
    delayed = ("-itsoffset", "3", "-i", clip, "-i", clip)
    ffmpeg(*delayed, "-map", "0:v", "-map", "1:a", "-c", "copy", late)
    assert glimpse(late, None, LIMITS).timestamps_ms.tolist() == [3000, 5000, 7000, 9000]


def test_a_recording_that_does_not_say_how_long_it_is_lasts_as_long_as_is_seen(
    tmp_path: Path,
) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=8, shots=4)
    once = edit(clip, tmp_path / "once.mp4", "-g", "999", "-sc_threshold", "0")
    for path, times_ms in ((clip, [0, 2000, 4000, 6000]), (once, list(range(0, 8000, 1000)))):
        recorded = tmp_path / "recorded.mkv"
        recorded.write_bytes(ffmpeg("-i", path, "-c", "copy", "-f", "matroska", "-"))
        seen = glimpse(recorded, None, LIMITS)
        assert np.abs(seen.timestamps_ms - times_ms).max() < 100
        assert times_ms[-1] < seen.duration_ms <= 8_100


def test_with_models_frames_are_described_inside_their_borders_too(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=4, shots=2, audio=False)
    padded = edit(clip, tmp_path / "padded.mp4", "-vf", "pad=iw:ih*2:0:ih/2")
    describers = default_describers()
    plain, bars = (glimpse(path, describers, LIMITS) for path in (clip, padded))
    assert plain.view_names == ("whole", "whole+mirrored")
    assert bars.view_names == ("whole", "whole+mirrored", "trimmed", "trimmed+mirrored")
    inside = bars.view_descriptors[:, 2].astype(np.float32) / 127
    assert ((inside * plain.descriptors.astype(np.float32)).sum(axis=1) > 0.9).all()
    assert SearchQuery.from_bytes(SearchQuery.of(bars).to_bytes()).algorithm == bars.algorithm
    assert decode(encode(bars)).frames == plain.frames


def test_a_long_video_is_looked_up_at_a_dozen_places(tmp_path: Path) -> None:
    short = film(tmp_path / "short.mp4", seconds=4, shots=2, audio=False)
    long = tmp_path / "long.mp4"
    ffmpeg("-stream_loop", "49", "-i", short, "-c", "copy", long)
    seen = glimpse(long, None, LIMITS)
    assert seen.duration_ms > READ_THROUGH_MS
    assert seen.frames == FRAMES_MAX
    # Key frames lie at each second one; the one before the middle of each twelfth is taken.
    middles = seen.duration_ms * (np.arange(FRAMES_MAX) + 0.5) / FRAMES_MAX
    assert (np.abs(seen.timestamps_ms - middles // 2000 * 2000) <= 100).all()


def test_sound_alone_shows_nothing(tmp_path: Path) -> None:
    seen = glimpse(tune(tmp_path / "tune.mp3", seconds=3), default_describers(), LIMITS)
    assert seen.frames == 0
    assert SearchQuery.from_bytes(SearchQuery.of(seen).to_bytes()).view_descriptors.size == 0


def test_a_raw_stream_shows_nothing_at_wrong_times(tmp_path: Path) -> None:
    raw = edit(film(tmp_path / "clip.mp4", seconds=8, shots=4), tmp_path / "raw.h264", "-an")
    assert glimpse(raw, None, LIMITS).frames == 0
