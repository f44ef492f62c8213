"""What media is: kinds, properties, sampled frames, and the limits under which files are read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the web process reads these words and must not carry NumPy for them
    import numpy as np
    from numpy.typing import NDArray

FRAME_SIDE = 512
"""Longest side of a sampled frame in pixels."""


class MediaKind(StrEnum):
    """What a file is to the desk.

    Animated images are video, a silent video of one short picture is a still, sound with cover art is
    audio.
    """

    VIDEO = "video"
    STILL = "still"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What the container says. `width` and `height` are as displayed, after rotation; 0 for audio.

    `has_audio` does not say that the sound can be read; `open_ended` is what may play on beyond
    `duration_ms`, since that is only estimated; `frames_per_s` is the mean of the picture, 0 where unknown.
    """

    kind: MediaKind
    content_type: str
    duration_ms: int
    width: int
    height: int
    has_audio: bool
    open_ended: bool = False
    frames_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: uint8 RGB (height, width, 3), upright, at its presentation time.

    Of a video five a second are seen, for its reel; those that are `sampled` are fingerprinted.
    """

    timestamp_ms: int
    shot: int
    pixels: "NDArray[np.uint8]"
    sampled: bool = True


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one decoder child may use before it is ended."""

    cpu_s: int = 3600
    wall_s: int = 3600
    memory_bytes: int = 2 * 1024**3
    pixels: int = 16_384 * 16_384
    duration_ms: int = 6 * 3600 * 1000
    streams: int = 64


USUAL_LIMITS = DecodeLimits()
"""For whoever has no reason for others."""
