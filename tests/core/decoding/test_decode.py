import os
import random
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.decoding import frame_times
from app.core.decoding.decode import frames, sample_frames
from app.core.decoding.original import Original
from app.core.decoding.probe import probe
from app.core.decoding.stills import read_still
from app.core.errors import CoreError, NoUsableFrames
from app.core.fingerprints.sound import sound_fingerprint
from app.core.media import DecodeLimits, Frame, MediaInfo, MediaKind
from tests.filming import (
    black,
    edit,
    ffmpeg,
    film,
    one_frame,
    picture,
    rotated,
    tune,
    variable_rate,
)

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)


def sample(path: Path, limits: DecodeLimits = LIMITS) -> list[Frame]:
    return list(sample_frames(path, probe(path, limits), limits))


def times(frames: list[Frame]) -> list[int]:
    return [frame.timestamp_ms for frame in frames]


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two pictures of one size."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_one_frame_a_second_from_the_first_to_the_last(tmp_path: Path) -> None:
    frames = sample(film(tmp_path / "clip.mp4", seconds=8, shots=1))
    assert set(range(0, 8000, 1000)) <= set(times(frames))
    assert len(frames) <= 12
    assert likeness(frames[0].pixels, picture()) > 0.95


def test_the_frame_after_each_cut_is_sampled_and_starts_a_shot(tmp_path: Path) -> None:
    dark = ("-vf", "drawbox=t=fill:color=black:enable='between(t,2.5,6.6)'")
    clip = edit(film(tmp_path / "a.mp4", seconds=9, shots=1), tmp_path / "cut.mp4", *dark)
    frames = sample(clip)
    after_cuts = [b for a, b in pairwise(frames) if b.shot == a.shot + 1]
    assert [round(frame.timestamp_ms, -2) for frame in after_cuts[:2]] == [2600, 6600]
    assert frames[-1].shot == 2


@pytest.mark.parametrize("fps", [1, 8, 24])
def test_no_frame_of_a_slow_video_is_left_out(tmp_path: Path, fps: int) -> None:
    """Nothing refers to two of three frames here."""
    slow = tmp_path / "slow.mp4"
    source = f"testsrc2=s=160x120:r={fps}:d=12"
    coding = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", "bframes=2:b-adapt=0")
    ffmpeg("-f", "lavfi", "-i", source, *coding, slow)
    seen = [frame.timestamp_ms for frame in frames(slow, probe(slow, LIMITS), LIMITS)]
    assert len(seen) == 12 * min(fps, 5)
    assert max(b - a for a, b in pairwise(seen)) <= max(1000 // fps, 292)


@pytest.mark.parametrize(
    ("codec", "suffix"), [("libx264", "h264"), ("libx265", "hevc"), ("mpeg2video", "m2v")]
)
def test_frames_of_a_raw_stream_are_at_their_times(tmp_path: Path, codec: str, suffix: str) -> None:
    """It has no times of its own; nothing refers to many of its frames here."""
    raw = tmp_path / f"raw.{suffix}"
    source = "testsrc2=s=160x128:r=25:d=8"
    ffmpeg("-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-c:v", codec, "-bf", "2", raw)
    seen = [frame.timestamp_ms for frame in frames(raw, probe(raw, LIMITS), LIMITS)]
    assert seen == pytest.approx(range(0, 8000, 200), abs=40)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_all_pictures_of_a_moving_avif_are_seen(tmp_path: Path, mode: str) -> None:
    """A single picture, shown where nothing moves, comes before the track; so may its opacity."""
    pictures = [Image.fromarray(picture(3, (160, 120), shot)).convert(mode) for shot in range(8)]
    for each in pictures:
        each.putpixel((0, 0), (9, 9, 9, 9)[: len(mode)])
    moving = tmp_path / "moving.avif"
    pictures[0].save(moving, save_all=True, append_images=pictures[1:], duration=500)
    seen = list(frames(moving, probe(moving, LIMITS), LIMITS))
    assert times(seen) == list(range(0, 4000, 500))
    assert likeness(seen[-1].pixels, picture(3, (160, 120), 7)) > 0.9
    kept = frame_times.read(moving, LIMITS)
    assert (len(kept.ticks), kept.step) == (8, kept.end // 8)


@pytest.mark.parametrize("suffix", ["png", "webp", "gif"])
def test_what_is_transparent_in_moving_pictures_is_white(tmp_path: Path, suffix: str) -> None:
    """At a closer look, too."""
    drawn = [Image.fromarray(picture(5, (160, 120), shot)) for shot in range(12)]
    hole, white = Image.new("L", (160, 120), 255), Image.new("RGB", (160, 120), "white")
    hole.paste(0, (40, 30, 120, 90))
    expected = [np.asarray(Image.composite(each, white, hole)) for each in drawn]
    for each in drawn:
        each.putalpha(hole)
    moving = tmp_path / f"moving.{suffix}"
    options = {} if suffix == "png" else {"lossless": True, "disposal": 2}
    drawn[0].save(moving, save_all=True, append_images=drawn[1:], duration=500, **options)
    seen = [(frame.timestamp_ms, frame.pixels) for frame in sample(moving)]
    looked = Original(moving, LIMITS).between(2_900, 4_400)
    assert len(seen) >= 6
    for time_ms, pixels in [*seen, *looked]:
        assert (pixels[35:85, 45:115] > 240).all()
        assert likeness(pixels, expected[time_ms // 500]) > 0.9


def test_a_still_camera_is_one_shot(tmp_path: Path) -> None:
    frames = sample(black(tmp_path / "black.mp4", seconds=7))
    assert {frame.shot for frame in frames} == {0}
    assert len(frames) == 7


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.0])
def test_short_clips_are_sampled_densely(tmp_path: Path, seconds: float) -> None:
    frames = sample(film(tmp_path / "clip.mp4", seconds=seconds, shots=1, audio=False))
    assert 4 <= len(frames) <= 12
    assert frames[-1].timestamp_ms >= seconds * 1000 * 0.7


def test_a_clip_of_one_frame_gives_it(tmp_path: Path) -> None:
    (frame,) = sample(one_frame(tmp_path / "clip.mp4"))
    assert (frame.timestamp_ms, frame.shot) == (0, 0)
    assert likeness(frame.pixels, picture()) > 0.95


def test_times_are_those_of_presentation_at_a_variable_rate(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=8, shots=1)
    steady = {frame.timestamp_ms: frame for frame in sample(clip)}
    frames = sample(variable_rate(clip, tmp_path / "variable.mp4"))
    shared = [frame for frame in frames if frame.timestamp_ms in steady]
    assert len(shared) >= 6
    for frame in shared:
        assert likeness(frame.pixels, steady[frame.timestamp_ms].pixels) > 0.95


@pytest.mark.parametrize(("late_s", "first_ms"), [(0.1, 0), (1.5, 1500)])
def test_time_starts_at_the_first_displayed_frame_unless_it_is_late(
    tmp_path: Path, late_s: float, first_ms: int
) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=4, shots=1)
    late = tmp_path / "late.mkv"
    inputs = ("-i", clip, "-itsoffset", str(late_s), "-i", clip)
    ffmpeg(*inputs, "-map", "1:v", "-map", "0:a", "-c", "copy", late)
    frames = sample(late)
    assert frames[0].timestamp_ms == first_ms
    assert 3000 <= frames[-1].timestamp_ms - first_ms <= 4000


@pytest.mark.parametrize(("degrees", "quarters"), [(90, 1), (180, 2), (270, 3)])
def test_rotated_phone_video_is_upright(tmp_path: Path, degrees: int, quarters: int) -> None:
    clip = one_frame(tmp_path / "clip.mp4")
    (frame,) = sample(rotated(clip, tmp_path / "turned.mp4", degrees))
    assert likeness(frame.pixels, np.rot90(picture(), quarters)) > 0.95


def test_mirrored_phone_video_is_as_displayed(tmp_path: Path) -> None:
    clip = one_frame(tmp_path / "clip.mp4")
    mirrored = tmp_path / "mirrored.mp4"
    ffmpeg("-display_hflip", "-i", clip, "-c", "copy", mirrored)
    (frame,) = sample(mirrored)
    assert likeness(frame.pixels, picture()[:, ::-1]) > 0.95


def test_pictures_are_small_and_as_wide_as_displayed(tmp_path: Path) -> None:
    clip = one_frame(tmp_path / "clip.mp4", size=(1280, 720))
    (plain,) = sample(clip)
    (wide,) = sample(edit(clip, tmp_path / "wide.mp4", "-vf", "scale=640:720,setsar=2/1"))
    assert plain.pixels.shape == wide.pixels.shape == (288, 512, 3)
    assert plain.pixels.dtype == np.uint8
    assert likeness(plain.pixels, wide.pixels) > 0.95


def test_a_size_that_changes_in_the_middle_is_followed(tmp_path: Path) -> None:
    wide = film(tmp_path / "a.ts", seconds=3, size=(640, 360), shots=1, audio=False)
    tall = film(tmp_path / "b.ts", seconds=3, seed=2, size=(360, 640), shots=1, audio=False)
    turned = tmp_path / "turned.ts"
    turned.write_bytes(wide.read_bytes() + tall.read_bytes())
    seen = list(frames(turned, probe(turned, LIMITS), LIMITS))
    alone = list(frames(tall, probe(tall, LIMITS), LIMITS))
    (turn,) = (at for at, (one, two) in enumerate(pairwise(seen), 1) if one.shot != two.shot)
    assert {frame.pixels.shape for frame in seen[:turn]} == {(288, 512, 3)}
    assert {frame.pixels.shape for frame in seen[turn:]} == {(512, 288, 3)}
    assert times(seen) == sorted(set(times(seen)))
    assert seen[turn].timestamp_ms == pytest.approx(3_000, abs=50)
    assert np.array_equal(seen[turn].pixels, alone[0].pixels)


def test_a_truncated_clip_gives_what_it_still_holds(tmp_path: Path) -> None:
    whole = edit(film(tmp_path / "a.mp4"), tmp_path / "b.mp4", "-movflags", "+faststart")
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    frames = sample(whole)
    assert 1 <= len(frames) <= 5


def test_labels_on_frames_do_not_disturb_the_times(tmp_path: Path) -> None:
    """Broadcast streams carry a timecode with each frame."""
    clip = film(tmp_path / "clip.mp4", seconds=3, shots=1, audio=False)
    coded = tmp_path / "coded.mpg"
    ffmpeg("-i", clip, "-r", "25", "-timecode", "10:00:00:00", "-c:v", "mpeg2video", coded)
    assert len(sample(coded)) >= 4


def test_sound_has_no_frames(tmp_path: Path) -> None:
    sound = tune(tmp_path / "sound.m4a", seconds=2)
    claimed = MediaInfo(MediaKind.VIDEO, "video/mp4", 2000, 1, 1, has_audio=True)
    with pytest.raises(NoUsableFrames):
        list(sample_frames(sound, claimed, LIMITS))


def test_progress_rises_to_one(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=6, shots=1, audio=False)
    seen: list[float] = []
    list(sample_frames(clip, probe(clip, LIMITS), LIMITS, seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_reader_who_stops_early_leaves_no_child(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=8, shots=1, audio=False)
    frames = sample_frames(clip, probe(clip, LIMITS), LIMITS)
    next(frames)
    frames.close()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    names = [Path(f"/proc/{pid}/comm").read_text() for pid in children]
    assert not [name for name in names if "ffmpeg" in name]


def test_two_hours_pass_in_flat_memory(tmp_path: Path) -> None:
    clip = tmp_path / "long.mp4"
    source = "testsrc=s=64x48:r=1:d=7200"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", clip)
    found = probe(clip, LIMITS)
    tracemalloc.start()
    count, last_ms = 0, 0
    for frame in sample_frames(clip, found, LIMITS):
        count, last_ms = count + 1, frame.timestamp_ms
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.duration_ms == last_ms + 1000 == 7_200_000
    assert count == 7200
    assert peak < 8 * 1024**2


def read_whole(path: Path, limits: DecodeLimits) -> str:
    """What a worker does with a file; gives the kind or the name of the refusal."""
    try:
        found = probe(path, limits)
        if found.kind is MediaKind.STILL:
            read_still(path, limits)
        elif found.kind is MediaKind.VIDEO:
            for _ in sample_frames(path, found, limits):
                pass
        sound_fingerprint(path, found, limits)
    except CoreError as refused:
        return type(refused).__name__
    return found.kind


@pytest.mark.media
def test_hostile_files_end_in_a_result_or_a_named_refusal(real_media: Path) -> None:
    """A seeded sample every day; all of them with PROVENANCE_TEST_ALL_HOSTILE (a minute)."""
    files = sorted((real_media / "hostile").iterdir())
    if not os.environ.get("PROVENANCE_TEST_ALL_HOSTILE"):
        files = random.Random(20).sample(files, 25)
    limits = DecodeLimits(cpu_s=20, wall_s=20, memory_bytes=1024**3)
    slow, unnamed = [], []
    for path in files:
        began = time.monotonic()
        outcome = read_whole(path, limits)
        if outcome in {"DecoderCrashed", "DecoderTimedOut", "CoreError"}:
            unnamed.append((path.name, outcome))
        if time.monotonic() - began > 10:
            slow.append(path.name)
    assert not slow
    assert not unnamed
