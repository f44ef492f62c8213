"""Reads a video in one pass: five frames a second, of which one a second and one after each cut are sampled.

The decoder is told to skip what nothing refers to unless the video is slow or a raw stream, frames
are thinned to five a second before they are scaled, and cuts are looked for on the small frames: a
60 s 1080p clip costs half of a bare decode.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from app.core.decoding.ffmpeg import container_of, refusal
from app.core.decoding.frame_stream import FITTED, FrameStream, StreamedFrame
from app.core.decoding.origin import TIMELESS, origin_ms
from app.core.errors import NoUsableFrames, TooLong
from app.core.media import DecodeLimits, Frame, MediaInfo

CUT_SCORE = 0.18
"""ffmpeg's scene score (0 to 1) from which a change between frames 0.2 s apart counts as a cut.

Measured on real clips: at most 0.16 within a shot, 0.19 to 0.78 at most joins of different scenes;
a join of two like scenes can score less, and the next whole second samples it instead."""

_THIN_S = 0.2
_SHORT_S = 5.0
_FRAMES_OF_SHORT = 6
_LEAST_STEP_S = 0.04
_UNKNOWN_STEP_S = 0.25
_SPARING_FROM_FPS = 12.0
"""Of slower videos every frame is wanted; of others the half that is referred to is enough."""
SPARING = ("-skip_frame", "noref", "-skip_loop_filter", "all")
"""What leaves out the pictures that none refers to, and the loop filter."""


def sample_frames(
    path: Path,
    info: MediaInfo,
    limits: DecodeLimits,
    on_progress: Callable[[float], None] | None = None,
) -> Iterator[Frame]:
    """The sampled ones of `frames`."""
    return (frame for frame in frames(path, info, limits, on_progress) if frame.sampled)


def frames(
    path: Path,
    info: MediaInfo,
    limits: DecodeLimits,
    on_progress: Callable[[float], None] | None = None,
) -> Iterator[Frame]:
    """Five frames a second in order of presentation, 0 ms being the first one displayed.

    Where the picture starts late, it is the beginning of the sound.
    Memory stays flat. Clips under five seconds are sampled more densely. What a damaged file still
    shows is given; raises Corrupt when that is nothing at all.
    """
    log = ""
    for options in (SPARING, ()) if _is_spared(path, info) else ((),):
        given = 0
        with FrameStream(path, _filters(info), limits, options) as stream:
            for frame in _timed(stream, _step_s(info), limits):
                given += 1
                if on_progress and info.duration_ms:
                    on_progress(min(1.0, frame.timestamp_ms / info.duration_ms))
                yield frame
            log = stream.child.finish().log
        if given:
            if on_progress:
                on_progress(1.0)
            return
    if "matches no streams" in log:
        raise NoUsableFrames("The file holds no moving picture.")
    raise refusal(log)


def _is_spared(path: Path, info: MediaInfo) -> bool:
    """Say whether frames that nothing refers to are left out: their times must be in the file."""
    long = info.duration_ms == 0 or info.duration_ms > _SHORT_S * 1000
    fast = info.frames_per_s >= _SPARING_FROM_FPS
    return long and fast and TIMELESS.isdisjoint(container_of(path).demuxers)


def _timed(stream: Iterable[StreamedFrame], step_s: float, limits: DecodeLimits) -> Iterator[Frame]:
    """Give the frames with times from the origin and shots counted; times never go backwards."""
    zero_ms: int | None = None
    last_ms, shot, sampled_bin = -1, 0, -1
    for frame in stream:
        zero_ms = origin_ms(frame.time_ms) if zero_ms is None else zero_ms
        timestamp_ms = frame.time_ms - zero_ms
        if timestamp_ms > limits.duration_ms:
            raise TooLong("The file plays longer than allowed; upload a part.")
        cut = last_ms >= 0 and frame.scene_score > CUT_SCORE
        shot += cut
        if timestamp_ms > last_ms:
            last_ms = timestamp_ms
            sampled = cut or _bin(timestamp_ms, step_s) > sampled_bin
            if sampled:
                sampled_bin = _bin(timestamp_ms, step_s)
            yield Frame(timestamp_ms, shot, frame.pixels, sampled)


def _bin(timestamp_ms: int, step_s: float) -> int:
    """Count sampling steps: whole seconds, and in the first five seconds those of a short clip."""
    time_s = timestamp_ms / 1000
    return int(time_s / step_s) if time_s < _SHORT_S else round(_SHORT_S / step_s) + int(time_s)


def _step_s(info: MediaInfo) -> float:
    """Give how densely the first five seconds are sampled."""
    duration_s = info.duration_ms / 1000
    step_s = _UNKNOWN_STEP_S if not duration_s else duration_s / _FRAMES_OF_SHORT
    return min(1.0, max(_LEAST_STEP_S, step_s)) if duration_s <= _SHORT_S else 1.0


def _filters(info: MediaInfo) -> str:
    thin_s = min(_THIN_S, _step_s(info))
    bins = f"gt(floor(t/{thin_s:g}),floor(prev_selected_t/{thin_s:g}))"
    chosen = f"isnan(prev_selected_t)+lt(t,prev_selected_t)+{bins}"
    return f"select='{chosen}',{FITTED},select='gte(scene,0)'"
