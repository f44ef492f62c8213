"""In the child: what MediaInfo says of a file, in particular what encoders left in its streams."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from pymediainfo import MediaInfo

from app.core.provenance import embedded, naming

READER = "mediainfo"
_DISPLAY = ("_String", "_Url", "_Info", "_Extensions", "_Name", "_Version", "_List")
# Supplemental information in the stream itself, which a change of container leaves in place.
_IN_STREAM = ("Encoded_Library", "Encoded_Library_Settings")
_ABOUT_COVERS = ("Cover",)

embedded.prepare()
MediaInfo.can_parse()  # loads the library while files can be opened


def read(file: BinaryIO, options: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by track, and the cover `pictures`."""
    said = MediaInfo.parse(file, output="JSON", full=True, cover_data=True)
    tracks = (json.loads(said).get("media") or {}).get("track") or []
    values: list[dict[str, Any]] = []
    pictures: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    for track in tracks:
        kind = str(track.get("@type"))
        numbers[kind] = numbers.get(kind, -1) + 1
        values += _values(track, kind, f"{kind}[{numbers[kind]}]")
        pictures += _covers(track)
    return {"values": values, "pictures": pictures}


def _values(track: Mapping[str, Any], kind: str, origin: str) -> Iterator[dict[str, Any]]:
    extra = track.get("extra")
    fields = {**track, **(extra if isinstance(extra, dict) else {})}
    for name, text in fields.items():
        if not isinstance(text, str) or _is_display(name) or name.startswith(_ABOUT_COVERS):
            continue
        if kind != "General" and name in _IN_STREAM:
            yield naming.value("trace", name, text, f"{origin} stream", READER)
        else:
            yield from naming.named(name, text, origin, READER)


def _is_display(name: str) -> bool:
    return any(mark in name for mark in _DISPLAY)


def _covers(track: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for data in str(track.get("Cover_Data") or "").split(" / "):
        try:
            drawn = embedded.drawn(base64.b64decode(data, validate=True), "embedded cover")
        except binascii.Error:
            drawn = None
        if drawn is not None:
            yield drawn
