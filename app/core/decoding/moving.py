"""Which stream of a file is its moving picture."""

import re
from pathlib import Path

from app.core.decoding.child import confined
from app.core.decoding.ffmpeg import reading
from app.core.decoding.sniff import Container
from app.core.media import DecodeLimits

_FIRST = "0:V:0"
_TRACK = re.compile(r"^ +Stream #(0:\d+)\[0x[0-9a-f]+\]\(\w+\): Video: ", re.MULTILINE)
"""Tracks have a language, even if it is `und`; single pictures beside them have none."""


def moving_picture(path: Path, container: Container, limits: DecodeLimits) -> str:
    """What `-map` is to say: of an AVIF or HEIC sequence its track, not the picture shown for it."""
    if not (container.content_type.startswith("image/") and "mov" in container.demuxers):
        return _FIRST
    with confined(reading(container, limits), path, limits) as child:
        track = _TRACK.search(child.finish().log.partition("Input #0, ")[2])
    return track[1] if track else _FIRST
