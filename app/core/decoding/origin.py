"""From where the times of a file's pictures count."""

import re
from math import isnan

LATE_MS = 250
"""Encoders delay the picture by some frames; by more it is missing at first, as in a recording that
was begun in the middle of a broadcast."""
OWN_ZERO = {"mpegts", "mpeg"}
"""Demuxers of which ffmpeg counts each stream that is read alone from that stream's own beginning."""
TIMELESS = {"h264", "hevc", "mpegvideo"}
"""Demuxers of raw streams, whose pictures carry no times: ffmpeg counts those that it decodes."""
_FILE = re.compile(r"^  Duration: [^\n]*, start: (-?\d+\.\d+)", re.MULTILINE)
_STREAM = re.compile(
    r"^ +Stream #0:\d+[^\n:]*: (Video|Audio): (?:[^\n]*, start (-?\d+\.\d+))?", re.MULTILINE
)


def origin_ms(first_ms: int) -> int:
    """Give what is 0 ms to a file's pictures, given when the first is shown, both in the file's time.

    That is the first picture, or where it comes late the beginning of the sound, so that both keep
    to one time.
    """
    return first_ms if first_ms <= LATE_MS else 0


def file_start_s(log: str) -> float:
    """Give where a file's clock begins, by what ffmpeg logs of its input."""
    begins = _FILE.search(log)
    return float(begins[1]) if begins else 0.0


def picture_start_ms(log: str) -> int:
    """Give when the picture begins, in the time of a file that begins with the sound; else 0."""
    starts = _starts_s(log)
    return _later_ms(starts["Video"][:1], starts["Audio"], log)


def sound_start_ms(log: str, track: int) -> int:
    """Give when a sound track begins, in the time of a file that begins with the picture; else 0."""
    starts = _starts_s(log)
    return _later_ms(starts["Audio"][track : track + 1], starts["Video"], log)


def _starts_s(log: str) -> dict[str, list[float]]:
    starts: dict[str, list[float]] = {"Video": [], "Audio": []}
    for kind, start_s in _STREAM.findall(log):
        # Tracks are counted, also those that begin nowhere.
        starts[kind].append(float(start_s or "nan"))
    return starts


def _later_ms(later_s: list[float], sooner_s: list[float], log: str) -> int:
    begins_s = file_start_s(log)
    if begins_s not in sooner_s or not later_s or isnan(later_s[0]):
        return 0
    return round((later_s[0] - begins_s) * 1000)
