"""One run of ffmpeg over a file's picture: chosen frames with their times and scene scores.

Pictures come as PPM on standard output, so that each carries its size; their times come on a second
pipe, where ffmpeg writes a frame's note before the frame itself. So reading a picture and then its
note never waits for a note that is not there, and the notes of frames in flight fit in.
"""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from app.core.child import Child, confined
from app.core.ffmpeg import container_of, reading
from app.core.media import FRAME_SIDE, DecodeLimits
from app.core.moving import moving_picture

_NOTE = re.compile(rb"pts_time:(-?[\d.]+(?:e[-+]?\d+)?)")
_SCORE = re.compile(rb"lavfi\.scene_score=([\d.]+)")
_FIT = f"min(1,{FRAME_SIDE}/max(iw*sar,ih))"

FITTED = f"scale=w='max(2,round(iw*sar*{_FIT}))':h='max(2,round(ih*{_FIT}))':flags=fast_bilinear"
"""The filter that gives square pixels and the sampled size."""


@dataclass(frozen=True, slots=True)
class StreamedFrame:
    """One frame as ffmpeg gave it; its time counts from where reading began."""

    time_ms: int
    scene_score: float
    pixels: NDArray[np.uint8]


class FrameStream:
    """The frames that pass `filters`, which must end by selecting on `scene`.

    `options` stand before the input: a place to begin, what the decoder may leave out.
    """

    def __init__(
        self, path: Path, filters: str, limits: DecodeLimits, options: tuple[str, ...] = ()
    ) -> None:
        container = container_of(path)
        picture = moving_picture(path, container, limits)
        self._stack = ExitStack()
        with self._stack:
            notes, notes_in = os.pipe()
            self._notes = self._stack.enter_context(os.fdopen(notes, "rb"))
            noted = f"metadata=print:key=lavfi.scene_score:file=pipe\\\\:{notes_in}:direct=1"
            command = [
                *reading(container, limits, *options),
                *("-map", picture, "-an", "-sn", "-dn", "-filter_threads", "1"),
                *("-vf", f"{filters},{noted}", "-fps_mode", "passthrough"),
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

    def __iter__(self) -> Iterator[StreamedFrame]:
        while (pixels := _read_picture(self.child.stdout)) is not None:
            note = _read_note(self._notes)
            if note is None:
                self.child.kill()
                return
            yield StreamedFrame(*note, pixels)


def _read_picture(stream: IO[bytes]) -> NDArray[np.uint8] | None:
    """Give the next PPM, or None at the end; a picture cut off in the middle is the end too."""
    header = [stream.readline(100) for _ in range(3)]
    if header[0] != b"P6\n" or header[2] != b"255\n":
        return None
    width, height = map(int, header[1].split())
    data = stream.read(width * height * 3)
    if len(data) != width * height * 3:
        return None
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _read_note(stream: IO[bytes]) -> tuple[int, float] | None:
    """Give time in ms and scene score of the next frame."""
    time, score = _NOTE.search(stream.readline(300)), _SCORE.search(stream.readline(300))
    if time is None or score is None:
        return None
    return round(float(time[1]) * 1000), float(score[1])
