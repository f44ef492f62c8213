"""How long a file really plays: the length that its container says is wrong if it was cut or joined."""

from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.decoding import frame_times
from app.core.errors import Unreadable
from app.core.fingerprints.sound import SOUND_STEP_MS, STEPS_HEARD
from app.core.media import DecodeLimits, MediaInfo, MediaKind

DECLARED_SLACK_MS = 3_000
"""How much longer than what was decoded a container may say that it plays; a sampling step, the
end of the sound that makes no full item, and rounding are within."""
OVERRUN_MS = 1_000
"""How much longer the sound may be heard than the container says: encoders fill up its last block."""


def played_ms(
    path: Path,
    info: MediaInfo,
    decoded: tuple[list[int], NDArray[np.uint32]],
    limits: DecodeLimits,
) -> int:
    """Give how long a file plays; 0 for a still.

    That is what the container says, if the times of the samples and of the sound agree with it;
    else as far as these reach, the last picture counted for as long as it stands.
    """
    if info.kind is MediaKind.STILL:
        return 0
    timestamps_ms, sound = decoded
    last_ms = timestamps_ms[-1] if timestamps_ms else 0
    heard_ms = round((len(sound) + STEPS_HEARD) * SOUND_STEP_MS) if len(sound) else 0
    reached_ms = max(_seen_ms(timestamps_ms), heard_ms)
    declared_ms = info.duration_ms
    told = 0 < declared_ms <= reached_ms + DECLARED_SLACK_MS
    if timestamps_ms and not told:
        shown_ms = _shown_ms(path, limits, reached_ms + DECLARED_SLACK_MS)
        reached_ms = max(reached_ms, min(declared_ms or shown_ms, shown_ms))
    least_ms = max(1, last_ms, heard_ms - OVERRUN_MS)
    believable = least_ms <= declared_ms <= reached_ms + DECLARED_SLACK_MS
    return declared_ms if believable else reached_ms


def _seen_ms(timestamps_ms: list[int]) -> int:
    """Give the end of the last sample, were it to stand as long as most do."""
    if not timestamps_ms:
        return 0
    step_ms = float(np.median(np.diff(timestamps_ms))) if len(timestamps_ms) > 1 else 40.0
    return round(timestamps_ms[-1] + min(step_ms, 1_000.0))


def _shown_ms(path: Path, limits: DecodeLimits, reached_ms: int) -> int:
    """Give the end of the last picture, which of one that was cut off is not in the file.

    0 where the container has pictures after those that could be decoded, or tells no times.
    """
    with suppress(Unreadable):
        times = frame_times.read(path, limits)
        numerator, denominator = times.time_base
        tick_ms = 1000 * numerator / denominator
        if (times.ticks[-1] - times.origin) * tick_ms <= reached_ms:
            return round((times.end - times.origin) * tick_ms)
    return 0
