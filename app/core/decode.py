"""Samples the frames of a video in one pass: one a second and one after each cut.

The decoder is told to skip what nothing refers to, frames are thinned to five a second before they
are scaled, and cuts are looked for on the small frames: a 60 s 1080p clip costs half of a bare
decode. Pictures come as PPM on standard output, so that each carries its size; their times come on
a second pipe, where ffmpeg writes a frame's note before the frame itself. So reading a picture and
then its note never waits for a note that is not there, and the notes of frames in flight fit in.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from app.core.child import Child, confined
from app.core.errors import NoUsableFrames, TooLong
from app.core.ffmpeg import container_of, reading, refusal
from app.core.media import FRAME_SIDE, DecodeLimits, Frame, MediaInfo

CUT_SCORE = 0.18
"""ffmpeg's scene score (0 to 1) from which a change between frames 0.2 s apart counts as a cut.

Measured on real clips: at most 0.16 within a shot, 0.19 to 0.78 at joins of different scenes (0.09 to
0.13 between takes of one room, which the next whole second samples instead)."""

_THIN_S = 0.2
_SHORT_S = 5.0
_FRAMES_OF_SHORT = 6
_SPARING = ("-skip_frame", "noref", "-skip_loop_filter", "all")
_NOTE = re.compile(rb"pts_time:(-?[\d.]+(?:e[-+]?\d+)?)")
_SCORE = re.compile(rb"lavfi\.scene_score=([\d.]+)")


def sample_frames(
    path: Path,
    info: MediaInfo,
    limits: DecodeLimits,
    on_progress: Callable[[float], None] | None = None,
) -> Iterator[Frame]:
    """Frames in order of presentation, 0 ms being the first one displayed; memory stays flat.

    Clips under five seconds are sampled more densely. What a damaged file still shows is given;
    raises Corrupt when that is nothing at all.
    """
    sparing = info.duration_ms == 0 or info.duration_ms > _SHORT_S * 1000
    log = ""
    for options in (_SPARING, ()) if sparing else ((),):
        given = 0
        with _Pass(path, info, limits, options) as run:
            for frame in run.frames():
                given += 1
                if on_progress and info.duration_ms:
                    on_progress(min(1.0, frame.timestamp_ms / info.duration_ms))
                yield frame
            log = run.child.finish().log
        if given:
            if on_progress:
                on_progress(1.0)
            return
    if "matches no streams" in log:
        raise NoUsableFrames("The file holds no moving picture.")
    raise refusal(log)


class _Pass:
    """One run of ffmpeg over the file."""

    def __init__(
        self, path: Path, info: MediaInfo, limits: DecodeLimits, options: tuple[str, ...]
    ) -> None:
        self._limits = limits
        self._stack = ExitStack()
        with self._stack:
            notes, notes_in = os.pipe()
            self._notes = self._stack.enter_context(os.fdopen(notes, "rb"))
            command = [
                *reading(container_of(path), limits, *options),
                *("-map", "0:V:0", "-an", "-sn", "-dn", "-filter_threads", "1"),
                *("-vf", _filters(info, notes_in), "-fps_mode", "passthrough"),
                *("-c:v", "ppm", "-f", "image2pipe", "-"),
            ]
            try:
                started = confined(command, path, limits, pass_fds=(notes_in,))
                self.child: Child = self._stack.enter_context(started)
            finally:
                os.close(notes_in)
            self._stack = self._stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._stack.close()

    def frames(self) -> Iterator[Frame]:
        """The sampled frames with times from 0 and shots counted; times never go backwards."""
        first_ms: int | None = None
        last_ms, shot = -1, 0
        while (pixels := _read_picture(self.child.stdout)) is not None:
            note = _read_note(self._notes)
            if note is None:
                self.child.kill()
                return
            time_ms, score = note
            first_ms = time_ms if first_ms is None else first_ms
            timestamp_ms = time_ms - first_ms
            if timestamp_ms > self._limits.duration_ms:
                raise TooLong("The file plays longer than allowed; upload a part.")
            shot += last_ms >= 0 and score > CUT_SCORE
            if timestamp_ms > last_ms:
                last_ms = timestamp_ms
                yield Frame(timestamp_ms=timestamp_ms, shot=shot, pixels=pixels)


def _filters(info: MediaInfo, notes: int) -> str:
    duration_s = info.duration_ms / 1000
    step = 0.25 if not duration_s else min(1.0, max(0.04, duration_s / _FRAMES_OF_SHORT))
    thin = min(_THIN_S, step)
    bins = f"gt(floor(t/{thin:g}),floor(prev_selected_t/{thin:g}))"
    dense = step if duration_s <= _SHORT_S else 1
    grid = "if(lt({t},%g),floor({t}/%g),1000+floor({t}))" % (_SHORT_S, dense)  # noqa: UP031
    now, before = grid.format(t="t"), grid.format(t="prev_selected_t")
    first, back = "isnan(prev_selected_t)", "lt(t,prev_selected_t)"
    fit = f"min(1,{FRAME_SIDE}/max(iw*sar,ih))"
    return ",".join(
        (
            f"select='{first}+{back}+{bins}'",
            f"scale=w='max(2,round(iw*sar*{fit}))':h='max(2,round(ih*{fit}))':flags=fast_bilinear",
            f"select='{first}+{back}+gt({now},{before})+gt(scene,{CUT_SCORE})'",
            f"metadata=print:key=lavfi.scene_score:file=pipe\\\\:{notes}:direct=1",
        )
    )


def _read_picture(stream: IO[bytes]) -> NDArray[np.uint8] | None:
    """The next PPM, or None at the end; a picture cut off in the middle is the end too."""
    header = [stream.readline(100) for _ in range(3)]
    if header[0] != b"P6\n" or header[2] != b"255\n":
        return None
    width, height = map(int, header[1].split())
    data = stream.read(width * height * 3)
    if len(data) != width * height * 3:
        return None
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _read_note(stream: IO[bytes]) -> tuple[int, float] | None:
    """Time in ms and scene score of the next frame."""
    time, score = _NOTE.search(stream.readline(300)), _SCORE.search(stream.readline(300))
    if time is None or score is None:
        return None
    return round(float(time[1]) * 1000), float(score[1])
