"""Stretches of an item's time as people type them: `0:05–0:12, 1:30`."""

import re
from collections.abc import Sequence

from app.desk.words import catalogue, filled
from app.errors import Unprocessable
from app.schemas.fields import TimeRange

_TIME = r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d{1,3})?)"
_STRETCH = re.compile(rf"{_TIME}(?:\s*[-–—]\s*{_TIME})?")


def read(text: str) -> list[TimeRange]:
    """The stretches that a text names; a single time is a moment."""
    return [_stretch(each.strip()) for each in re.split(r"[,;\n]", text) if each.strip()]


def written(stretches: Sequence[TimeRange]) -> str:
    """Stretches as they are typed, to the millisecond."""
    return ", ".join(_said(each) for each in stretches)


def _stretch(text: str) -> TimeRange:
    found = _STRETCH.fullmatch(text)
    if found is None:
        raise Unprocessable(filled(catalogue()["care"]["no_stretch"], text=text))
    given = found.groups()
    start_ms = _ms(*given[:3])
    end_ms = start_ms if given[5] is None else _ms(*given[3:])
    if end_ms < start_ms:
        raise Unprocessable(filled(catalogue()["care"]["backward_stretch"], text=text))
    return TimeRange(start_ms=start_ms, end_ms=end_ms)


def _ms(hours: str | None, minutes: str | None, seconds: str) -> int:
    return round((int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)) * 1000)


def _said(stretch: TimeRange) -> str:
    start, end = _clock(stretch.start_ms), _clock(stretch.end_ms)
    return start if start == end else f"{start}–{end}"


def _clock(time_ms: int) -> str:
    minutes, rest_ms = divmod(time_ms, 60_000)
    seconds, ms = divmod(rest_ms, 1000)
    fraction = f".{ms:03d}".rstrip("0") if ms else ""
    hours, left = divmod(minutes, 60)
    ahead = f"{hours}:{left:02d}" if hours else f"{minutes}"
    return f"{ahead}:{seconds:02d}{fraction}"
