"""Chromaprint sub-fingerprints of a file's sound, made by ffmpeg's chromaprint muxer.

Silence gives runs of one and the same sub-fingerprint: who votes with them must leave them out.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.child import confined
from app.core.ffmpeg import container_of, reading
from app.core.media import DecodeLimits, MediaInfo

_RATE = 11_025
_HOP = 4096 // 3
SOUND_STEP_MS = _HOP * 1000 / _RATE
"""From one sub-fingerprint to the next: Chromaprint's frames of 4096 samples overlap by 2/3."""


def sound_fingerprint(path: Path, info: MediaInfo, limits: DecodeLimits) -> NDArray[np.uint32]:
    """One item each SOUND_STEP_MS from the start of the file; empty without sound."""
    if not info.has_audio:
        return np.zeros(0, np.uint32)
    longest_s = limits.duration_ms / 1000
    command = [
        *reading(container_of(path), limits),
        *("-map", "0:a:0", "-vn", "-sn", "-dn", "-t", f"{longest_s:g}"),
        *("-af", f"aresample={_RATE}:async=1:first_pts=0", "-ac", "1", "-ar", str(_RATE)),
        *("-f", "chromaprint", "-fp_format", "raw", "-"),
    ]
    with confined(command, path, limits) as child:
        data = child.stdout.read()
        child.finish()
    return np.frombuffer(data[: len(data) // 4 * 4], "<u4").astype(np.uint32)
