"""Chromaprint sub-fingerprints of a file's sound, made by ffmpeg's chromaprint muxer.

Silence gives runs of one and the same sub-fingerprint: who votes with them must leave them out.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.decoding.child import Ended, confined
from app.core.decoding.ffmpeg import container_of, reading, refusal
from app.core.decoding.origin import LATE_MS, OWN_ZERO, sound_start_ms
from app.core.decoding.sniff import Container
from app.core.media import DecodeLimits, MediaInfo, MediaKind

_RATE = 11_025
_HOP = 4096 // 3
LONG_ENOUGH_MS = 4000
"""So much sound gives sub-fingerprints."""
_TRIED_MOST = 8
"""For an empty track the whole file is read."""
_TRACK = re.compile(r"^ +Stream #0:\d+[^\n:]*: Audio: ", re.MULTILINE)
SOUND_STEP_MS = _HOP * 1000 / _RATE
"""From one sub-fingerprint to the next: Chromaprint's frames of 4096 samples overlap by 2/3."""
STEPS_HEARD = 22
"""How many steps long the sound is that one sub-fingerprint is made of: 20 such frames, 2.7 s."""
SILENCE = np.uint32(627_964_279)
"""The sub-fingerprint of digital silence."""
FIRST_CHANNEL = "pan=mono|c0=c0,"
"""What hears it alone: channels of opposite phase cancel each other out where they are mixed."""


def silence(duration_ms: int) -> NDArray[np.uint32]:
    """Give the steps of a file that has no sound at all, as those of a silent one would be.

    So it is told from a file of whose sound nothing is known: that has no steps.
    """
    return np.full(max(0, int(duration_ms / SOUND_STEP_MS) - STEPS_HEARD), SILENCE, np.uint32)


def sound_fingerprint(path: Path, info: MediaInfo, limits: DecodeLimits) -> NDArray[np.uint32]:
    """One item each SOUND_STEP_MS from the start of the file, of the first track that is not silent.

    Empty for a file without sound, for under three seconds of it, since Chromaprint needs 20 frames
    for its first item, and for a video of whose sound nothing can be decoded: nothing is known of
    that. Raises a named Unreadable for such a sound file.
    """
    tried: list[Ended] = []
    silent = np.zeros(0, np.uint32)
    while info.has_audio and len(tried) < _tracks(tried):
        data, ended = _heard(path, info, limits, len(tried))
        if data and (_steps(data) == SILENCE).all():
            silent = silent if len(silent) else _steps(data)
            data, _ = _heard(path, info, limits, len(tried), FIRST_CHANNEL)
        if (_steps(data) != SILENCE).any():
            return _steps(data)
        tried.append(ended)
    if len(silent):
        return silent
    promised = info.duration_ms > LONG_ENOUGH_MS or all(ended.code for ended in tried)
    if tried and promised and info.kind is MediaKind.AUDIO:
        raise refusal(tried[0].log)
    return np.zeros(0, np.uint32)


def _tracks(tried: list[Ended]) -> int:
    """Give how many sound tracks are to be tried, as the first attempt says how many there are."""
    if not tried:
        return 1
    of_input = tried[0].log.partition("Output #0")[0]
    return min(_TRIED_MOST, len(_TRACK.findall(of_input)))


def _steps(data: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(data[: len(data) // 4 * 4], "<u4").astype(np.uint32)


def _heard(
    path: Path, info: MediaInfo, limits: DecodeLimits, track: int, first: str = ""
) -> tuple[bytes, Ended]:
    """Give the sub-fingerprints of a track's channels, mixed behind the filter `first`, as bytes."""
    longest_s = _longest_ms(info, limits) / 1000
    container = container_of(path)
    late_s = _late_ms(path, container, info, limits, track) / 1000
    command = [
        *reading(container, limits, "-itsoffset", f"{late_s:g}"),
        *("-map", f"0:a:{track}", "-vn", "-sn", "-dn", "-t", f"{longest_s:g}"),
        *("-af", f"{first}aresample={_RATE}:async=1:first_pts=0", "-ac", "1", "-ar", str(_RATE)),
        *("-f", "chromaprint", "-fp_format", "raw", "-"),
    ]
    with confined(command, path, limits) as child:
        return child.stdout.read(), child.finish()


def _late_ms(
    path: Path, container: Container, info: MediaInfo, limits: DecodeLimits, track: int
) -> int:
    """Give by how much the sound begins after the picture where ffmpeg, asked for it alone, drops that."""
    if info.kind is not MediaKind.VIDEO or OWN_ZERO.isdisjoint(container.demuxers):
        return 0
    with confined(reading(container, limits), path, limits) as child:
        late_ms = sound_start_ms(child.finish().log, track)
    return late_ms if late_ms > LATE_MS else 0


def _longest_ms(info: MediaInfo, limits: DecodeLimits) -> int:
    """Give how much of the sound is heard: all of it, where the file does not know its length."""
    if info.open_ended or not info.duration_ms:
        return limits.duration_ms
    # A forged time would be bridged with hours of silence: no longer than the file says, and a bit.
    return min(limits.duration_ms, info.duration_ms + 10_000)
