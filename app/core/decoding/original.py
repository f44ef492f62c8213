"""A closer look into an item's own file: the frames around a moment, denser than those kept."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.decoding.ffmpeg import container_of
from app.core.decoding.frame_stream import FITTED, FrameStream
from app.core.decoding.origin import origin_ms
from app.core.errors import Unreadable
from app.core.media import DecodeLimits

STEP_S = 0.08
"""Frames this far apart, unless asked otherwise: what moves in between is smaller than a proof's block."""
FROM_START_MOST_S = 90.0
"""What cannot be sought, raw streams and animated WebP, is decoded from its beginning so far; later it
shows nothing."""
_NOT_SOUGHT = "could not seek to position"
_NEVER_SOUGHT = {"webp_anim"}
"""Demuxers that seek to where nothing is, and say nothing of it."""

type Frames = list[tuple[int, NDArray[np.uint8]]]


def of_one_size(frames: Frames) -> Frames:
    """Give the frames of the size that most of them have: a camera may be turned in between."""
    sizes = Counter(pixels.shape for _, pixels in frames)
    return [each for each in frames if each[1].shape == sizes.most_common(1)[0][0]]


@dataclass(slots=True)
class Original:
    """One item's file, under the limits of decoding; a file that is gone shows nothing."""

    path: Path
    limits: DecodeLimits
    _zero_ms: int | None = field(default=None, init=False)
    _sought: bool = field(default=True, init=False)

    def between(self, start_ms: float, end_ms: float, step_s: float = STEP_S) -> Frames:
        """Give frames of a stretch, `step_s` apart, with their times on the timeline of the sampled ones."""
        try:
            zero_ms = self._zero()
            start_s = max(0.0, (start_ms + zero_ms) / 1000)
            length_s = max(step_s, (end_ms + zero_ms) / 1000 - start_s)
            read = self._read(start_s, length_s, step_s)
        except (Unreadable, OSError):
            return []
        return [(time_ms - zero_ms, pixels) for time_ms, pixels in read]

    def _zero(self) -> int:
        """Give the time in the file from which the timeline counts."""
        if self._zero_ms is None:
            read, _ = self._frames((), "1", most=1)
            self._zero_ms = origin_ms(read[0][0]) if read else 0
        return self._zero_ms

    def _read(self, start_s: float, length_s: float, step_s: float) -> Frames:
        """Read a stretch; times count from the file's own zero."""
        chosen = _every(step_s)
        if start_s and self._sought and self._seeks():
            begin = ("-ss", f"{start_s:.3f}", "-t", f"{length_s:.3f}")
            found, log = self._frames(begin, chosen)
            if found or _NOT_SOUGHT not in log:
                return [(time_ms + round(start_s * 1000), pixels) for time_ms, pixels in found]
            self._sought = False
        if start_s + length_s > FROM_START_MOST_S:
            return []
        if start_s:
            chosen = f"gte(t,{start_s:.3f})*({chosen})"
        return self._frames(("-t", f"{start_s + length_s:.3f}"), chosen)[0]

    def _seeks(self) -> bool:
        return _NEVER_SOUGHT.isdisjoint(container_of(self.path).demuxers)

    def _frames(
        self, options: tuple[str, ...], chosen: str, most: int | None = None
    ) -> tuple[Frames, str]:
        """Give the chosen frames, and what the decoder logged; of only some, nothing."""
        filters = f"select='{chosen}',{FITTED},select='gte(scene,0)'"
        with FrameStream(self.path, filters, self.limits, options) as stream:
            found = [(frame.time_ms, frame.pixels) for frame in islice(stream, most)]
            return found, "" if found else stream.child.finish().log


def _every(step_s: float) -> str:
    """Choose the first frame of each step."""
    step = f"floor({{}}/{step_s:g})"
    return f"isnan(prev_selected_t)+gt({step.format('t')},{step.format('prev_selected_t')})"
