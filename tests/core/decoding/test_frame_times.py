from pathlib import Path

import pytest

from app.core.decoding import frame_times
from app.core.decoding.decode import frames
from app.core.decoding.probe import probe
from app.core.errors import NotMedia, Unreadable
from app.core.media import USUAL_LIMITS
from tests.filming import ffmpeg, film, melody, write_wav


def test_frames_that_are_stored_out_of_order_come_in_the_order_they_are_shown(
    tmp_path: Path,
) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2, audio=False)
    found = frame_times.read(clip, USUAL_LIMITS)
    numerator, denominator = found.time_base
    assert len(found.ticks) == 48
    assert found.step is not None
    assert found.step * numerator / denominator == pytest.approx(1 / 24)
    assert found.end == found.ticks[-1] + found.step


@pytest.mark.parametrize("suffix", [".mkv", ".ts"])
@pytest.mark.parametrize(("late_s", "before_s"), [(0.1, 0.0), (2.0, 2.0)])
def test_times_count_from_the_first_frame_unless_it_comes_late(
    tmp_path: Path, suffix: str, late_s: float, before_s: float
) -> None:
    """In a transport stream the sound does not begin at 0 either."""
    clip = film(tmp_path / "clip.mp4", seconds=3, shots=1)
    late = tmp_path / f"late{suffix}"
    inputs = ("-itsoffset", str(late_s), "-i", clip, "-i", clip)
    ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", "-c", "copy", late)
    found = frame_times.read(late, USUAL_LIMITS)
    tick_s = found.time_base[0] / found.time_base[1]
    assert (found.ticks[0] - found.origin) * tick_s == pytest.approx(before_s, abs=0.1)
    first = next(frames(late, probe(late, USUAL_LIMITS), USUAL_LIMITS))
    assert first.timestamp_ms == pytest.approx(
        (found.ticks[0] - found.origin) * tick_s * 1000, abs=1
    )


def test_frames_that_an_edit_list_leaves_out_are_not_counted(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2, audio=False)
    cut = tmp_path / "cut.mp4"
    ffmpeg("-ss", "0.5", "-i", clip, "-c", "copy", cut)
    found = frame_times.read(cut, USUAL_LIMITS)
    assert len(found.ticks) == 36
    assert found.ticks[0] == 0


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_frames_of_an_avi_that_are_stored_out_of_order_have_times_too(
    tmp_path: Path, codec: str
) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2, audio=False)
    stored = tmp_path / "clip.avi"
    ffmpeg("-i", clip, "-c:v", codec, "-bf", "2", "-q:v", "4", stored)
    found = frame_times.read(stored, USUAL_LIMITS)
    assert (len(found.ticks), found.step, found.end - found.origin) == (48, 1, 48)
    tick_ms = 1000 * found.time_base[0] / found.time_base[1]
    shown_ms = [(tick - found.origin) * tick_ms for tick in found.ticks]
    for frame in frames(stored, probe(stored, USUAL_LIMITS), USUAL_LIMITS):
        assert min(abs(each - frame.timestamp_ms) for each in shown_ms) <= 1


def test_a_changing_rate_has_no_step(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2, audio=False)
    uneven = tmp_path / "uneven.mp4"
    ffmpeg("-i", clip, "-vf", "select=mod(n\\,5)-2", "-fps_mode", "passthrough", uneven)
    found = frame_times.read(uneven, USUAL_LIMITS)
    assert found.step is None
    assert len(found.ticks) == 38


def test_what_has_no_picture_has_no_frames(tmp_path: Path) -> None:
    sound = tmp_path / "sound.wav"
    write_wav(sound, melody(1.0, 1))
    with pytest.raises(Unreadable):
        frame_times.read(sound, USUAL_LIMITS)
    text = tmp_path / "list.mp4"
    text.write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises((NotMedia, Unreadable)):
        frame_times.read(text, USUAL_LIMITS)
