"""One run of ffmpeg over a file's picture: chosen frames with their times and scene scores.

Pictures come as PPM on standard output, so that each carries its size; their times come on a second
pipe, where ffmpeg writes a frame's note before the frame itself. So reading a picture and then its
note never waits for a note that is not there, and the notes of frames in flight fit in.
"""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from app.core.decoding.child import Child, confined
from app.core.decoding.ffmpeg import container_of, reading
from app.core.decoding.moving import moving_picture
from app.core.decoding.origin import OWN_ZERO, picture_start_ms
from app.core.media import FRAME_SIDE, DecodeLimits

_NOTE = re.compile(rb"frame:(\d+) .*pts_time:(-?[\d.]+(?:e[-+]?\d+)?)")
_SCORE = re.compile(rb"lavfi\.scene_score=([\d.]+)")
_FIT = f"min(1,{FRAME_SIDE}/max(iw*sar,ih))"

FITTED = f"scale=w='max(2,round(iw*sar*{_FIT}))':h='max(2,round(ih*{_FIT}))':flags=fast_bilinear"
"""The filter that gives square pixels and the sampled size."""
_WHITE = (
    "format=rgba,split[seen][size];[size]drawbox=t=fill:color=white:replace=1[white];"
    "[white][seen]overlay=format=rgb,"
)
"""The filter that shows over white what is transparent, as stills are shown; a GIF is so by itself."""
_TRANSPARENT = {"apng", "webp_anim"}
_PADDING = f",format=rgb24,pad=iw+1:ih+1:color=white,pad={FRAME_SIDE + 2}:{FRAME_SIDE + 2}"


@dataclass(frozen=True, slots=True)
class StreamedFrame:
    """One frame as ffmpeg gave it; its time counts from where reading began."""

    time_ms: int
    scene_score: float
    pixels: NDArray[np.uint8]


class FrameStream:
    """The frames that pass `filters`, which must end by selecting on `scene`.

    `options` stand before the input: a place to begin, what the decoder may leave out. Each frame has
    its own size; where that changes, the scene does.
    """

    def __init__(
        self, path: Path, filters: str, limits: DecodeLimits, options: tuple[str, ...] = ()
    ) -> None:
        container = container_of(path)
        ground = "" if _TRANSPARENT.isdisjoint(container.demuxers) else _WHITE
        self._path, self._filters, self._limits = path, ground + filters, limits
        self._reading = [
            *reading(container, limits, *options),
            *("-map", moving_picture(path, container, limits), "-an", "-sn", "-dn"),
            *("-filter_threads", "1"),
        ]
        self._own_zero = "-ss" not in options and not OWN_ZERO.isdisjoint(container.demuxers)
        self._start("")

    def _start(self, padding: str) -> None:
        self._stack = ExitStack()
        with self._stack:
            notes, notes_in = os.pipe()
            self._notes = self._stack.enter_context(os.fdopen(notes, "rb"))
            noted = f"metadata=print:key=lavfi.scene_score:file=pipe\\\\:{notes_in}:direct=1"
            command = [
                *self._reading,
                *("-vf", f"{self._filters},{noted}{padding}", "-fps_mode", "passthrough"),
                *("-c:v", "ppm", "-f", "image2pipe", "-"),
            ]
            try:
                started = confined(command, self._path, self._limits, pass_fds=(notes_in,))
                self.child: Child = self._stack.enter_context(started)
            finally:
                os.close(notes_in)
            self._stack = self._stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[StreamedFrame]:
        given, shape = 0, (0, 0, 3)
        for number, frame in self._read():
            if number < given:
                break
            given, shape = given + 1, frame.pixels.shape
            yield frame
        else:
            return
        # Filters that count from 0 again were made anew, mostly for pictures of another size, and
        # ffmpeg squeezes those into the first one's. Inside a frame that fits all they stay true.
        self._stack.close()
        self._start(_PADDING)
        for _, frame in islice(self._read(), given, None):
            pixels = _unpadded(frame.pixels)
            score = frame.scene_score if pixels.shape == shape else 1.0
            shape = pixels.shape
            yield replace(frame, pixels=pixels, scene_score=score)

    def _read(self) -> Iterator[tuple[int, StreamedFrame]]:
        """Give the frames, each with its number since the filters were made."""
        start_ms: int | None = None
        while (pixels := _read_picture(self.child.stdout)) is not None:
            note = _read_note(self._notes)
            if note is None:
                self.child.kill()
                return
            if start_ms is None:
                start_ms = picture_start_ms(self.child.logged()) if self._own_zero else 0
            number, time_ms, scene_score = note
            yield number, StreamedFrame(time_ms + start_ms, scene_score, pixels)


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


def _unpadded(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give what lies within the white lines at the right and below, beyond which all is black."""
    height, width = np.flatnonzero(pixels[:, 0, 0])[-1], np.flatnonzero(pixels[0, :, 0])[-1]
    return np.ascontiguousarray(pixels[:height, :width])


def _read_note(stream: IO[bytes]) -> tuple[int, int, float] | None:
    """Give number, time in ms and scene score of the next frame."""
    time, score = _NOTE.search(stream.readline(300)), _SCORE.search(stream.readline(300))
    if time is None or score is None:
        return None
    return int(time[1]), round(float(time[2]) * 1000), float(score[1])
