"""A closer look into an item's own file: the frames around a moment, denser than those kept."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.errors import Unreadable
from app.core.ffmpeg import container_of
from app.core.frame_stream import FITTED, FrameStream
from app.core.media import DecodeLimits

STEP_S = 0.08
"""Frames this far apart: what moves in between is smaller than a block of the proof."""
_BIN = f"floor({{}}/{STEP_S:g})"
_EVERY = f"isnan(prev_selected_t)+gt({_BIN.format('t')},{_BIN.format('prev_selected_t')})"
_RAW = {"h264", "mpegvideo"}
"""Streams without a container: nothing says where in them a moment is."""
_RAW_S = 120.0
"""How far into such a stream is looked; all before it is decoded too."""
_FILTERS = f"select='{_EVERY}',{FITTED},select='gte(scene,0)'"


@dataclass(slots=True)
class Original:
    """One item's file, under the limits of decoding; a file that is gone shows nothing."""

    path: Path
    limits: DecodeLimits
    _first_ms: int | None = field(default=None, init=False)

    def between(self, start_ms: float, end_ms: float) -> list[tuple[int, NDArray[np.uint8]]]:
        """Give the frames of a stretch with their times, on the timeline of the sampled frames."""
        try:
            first_ms = self._first()
            start_s = max(0.0, (start_ms + first_ms) / 1000)
            length_s = max(STEP_S, (end_ms + first_ms) / 1000 - start_s)
            read = self._read(start_s, length_s)
        except (Unreadable, OSError):
            return []
        shift_ms = round(start_s * 1000) - first_ms
        return [(time_ms + shift_ms, pixels) for time_ms, pixels in read]

    def _first(self) -> int:
        """Give the time of the first displayed frame, from which the timeline counts."""
        if self._first_ms is None:
            read = self._read(0.0, 0.0)
            self._first_ms = read[0][0] if read else 0
        return self._first_ms

    def _read(self, start_s: float, length_s: float) -> list[tuple[int, NDArray[np.uint8]]]:
        """Read a stretch; of one without length the first frame, wherever it is."""
        if start_s and not _RAW.isdisjoint(container_of(self.path).demuxers):
            return self._read_through(start_s, length_s)
        begin = ("-ss", f"{start_s:.3f}") if start_s else ()
        end = ("-t", f"{length_s:.3f}") if length_s else ()
        found = []
        with FrameStream(self.path, _FILTERS, self.limits, (*begin, *end)) as stream:
            for frame in stream:
                found.append((frame.time_ms, frame.pixels))
                if not length_s:
                    break
        return found

    def _read_through(self, start_s: float, length_s: float) -> list[tuple[int, NDArray[np.uint8]]]:
        """Read a stretch of a file that cannot be sought in, from its beginning on."""
        end_s = start_s + length_s
        if end_s > _RAW_S:
            return []
        filters = f"trim=start={start_s:.3f}:end={end_s:.3f},{_FILTERS}"
        shift_ms = round(start_s * 1000)
        with FrameStream(self.path, filters, self.limits) as stream:
            return [(frame.time_ms - shift_ms, frame.pixels) for frame in stream]
