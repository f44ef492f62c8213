"""In the child: what a piece of metadata is about, by its name in whichever format."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

MOST_CHARACTERS = 2000

# The first rule whose words are in the name decides. Where in the picture its subject is, and how much
# light a sensor takes, is no place on earth; a city alone is the picture's, not its author's (`CreatorCity`).
_RULES: tuple[tuple[str, str], ...] = (
    (
        "place",
        r"gps|iso6709|(?<!subject)location|©xyz|©loc|(?<!isospeed)latitude|longitude|geotag|coverage",
    ),
    ("place", r"^(city|state|province-state|country(code|name)?)$"),
    ("time", r"date|time(?!code|scale|base)|©day|created$|icrd|year$"),
    ("device", r"make$|model$|©mak|©mod|lens|serial|camera|android|device"),
    (
        "software",
        r"software|creatortool|encoder|encoded_?(application|library|by)|writing|©too|©swr",
    ),
    (
        "software",
        r"compressor|major_?brand|compatible_?brands|handler|vendor_id|tool$|producer|isft",
    ),
    ("history", r"history|derivedfrom|ingredients|pantry"),
    ("identifier", r"documentid|instanceid|contentid|content\.identifier|uniqueid"),
    ("source_type", r"digitalsourcetype"),
    ("author", r"artist|author|creator$|copyright|credit|by-?line|rights|©aut|©cpy"),
)
_COMPILED = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _RULES)
_DATE = re.compile(
    r"(?:UTC )?(\d{4})[-:](\d\d)[-:](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?"
    r"\s?(Z|UTC|[+-]\d\d:?\d\d)?$"
)


def value(
    kind: str, name: str, text: str, origin: str, reader: str, *, at: str | None = None
) -> dict[str, Any]:
    """One value, as the child sends it."""
    return {
        "kind": kind,
        "name": name[:200],
        "value": printable(text)[:MOST_CHARACTERS],
        "origin": origin,
        "reader": reader,
        "at": at,
    }


def kind_of(name: str) -> str | None:
    """What a name is about; None for what says nothing of a file's origin."""
    plain = re.sub("quicktime", "", name, flags=re.IGNORECASE)
    return next((kind for kind, words in _COMPILED if words.search(plain)), None)


def named(name: str, text: str, origin: str, reader: str) -> Iterator[dict[str, Any]]:
    """A value whose name says what it is about; nothing for one that says nothing of origin."""
    kind = kind_of(name)
    at = instant(text) if kind == "time" else None
    # What is called a time and is no date tells of playing, not of making.
    if kind is not None and text.strip() and (at or kind != "time"):
        yield value(kind, name, text, origin, reader, at=at)


def instant(text: str) -> str | None:
    """A time in ISO 8601, with an offset only where the text has one; None for no date there is."""
    found = _DATE.match(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    at = f"{year}-{month}-{day}"
    if hour is not None:
        at += f"T{hour}:{minute}:{second or '00'}"
        if zone or text.startswith("UTC "):
            at += "+00:00" if zone in {None, "Z", "UTC"} else f"{zone[:3]}:{zone[-2:]}"
    return at if _exists(at) else None


def _exists(at: str) -> bool:
    """Say whether the calendar has it, also in UTC: programs write its first moment for no date."""
    try:
        found = datetime.fromisoformat(at)
        found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def printable(text: str) -> str:
    """The text without characters that a database or a screen cannot take."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
