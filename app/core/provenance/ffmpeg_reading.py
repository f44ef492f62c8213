"""What FFmpeg's demuxer calls a file's metadata: global, and stream by stream.

FFprobe does not come with every FFmpeg, so the program itself writes its own metadata format
(https://ffmpeg.org/ffmpeg-formats.html#Metadata-2) after reading no more than the headers.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.decoding.child import confined
from app.core.decoding.ffmpeg import container_of, reading
from app.core.errors import Corrupt
from app.core.media import DecodeLimits
from app.core.provenance import naming

READER = "ffmpeg"
_ANSWER_BYTES = 8 * 1024**2
_COPIED = ("-map", "0", "-map_metadata", "0", "-c", "copy", "-t", "0")
_OUTPUT = (*_COPIED, "-f", "ffmetadata", "pipe:1")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# In its first lines FFmpeg names itself as the encoder of what it writes.
_OWN = "encoder"


def read(path: Path, limits: DecodeLimits) -> list[dict[str, Any]]:
    """The values of a file; raises a named Unreadable where there are none to be had."""
    with confined([*reading(container_of(path), limits), *_OUTPUT], path, limits) as child:
        text = child.stdout.read(_ANSWER_BYTES).decode("utf-8", "replace")
        if child.finish().code:
            raise Corrupt("FFmpeg cannot read its headers.")
    return list(_values(text))


def _values(text: str) -> Iterator[dict[str, Any]]:
    origin, streams = "format", 0
    for line in _lines(text):
        if line in {"[STREAM]", "[CHAPTER]"}:
            origin = f"stream[{streams}]" if line == "[STREAM]" else "chapter"
            streams += line == "[STREAM]"
            continue
        name, _, value = line.partition("=")
        # A copied file's own encoder is in its boxes; here it is overwritten.
        if name != _OWN or origin != "format":
            said = _ESCAPED.sub(r"\1", value)
            # Of several times with one name the demuxer makes one value.
            for each in said.split(";") if "_time" in name else [said]:
                yield from naming.named(name, each, origin, READER)


def _lines(text: str) -> Iterator[str]:
    """Lines, joined where an escaped line end continues them; without comments."""
    joined = text.replace("\\\n", " ")
    yield from (line for line in joined.split("\n") if line and line[0] not in ";#")
