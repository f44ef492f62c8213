"""Lists of hashes as others write them: one line at a time, each line read or refused with a reason.

Read are bare hashes, `md5sum` and `sha256sum` lines, PDQ lines (`hash[,quality[,label]]`), vPDQ
lines (`frame,quality,hash,timestamp`), `type hash` lines, and CSV with a header. The column and type
names are those of python-threatexchange and hasher-matcher-actioner (`signal_type`, `signal_str`, …)
and of ThreatExchange itself (`type`, `indicator`, …), beside plain ones.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.core.exchange.listed_hashes import (
    NAME_MAX,
    TYPES,
    BadLine,
    HashKind,
    ListedHash,
    at_ms_of,
    bits_of,
    frames_of,
    is_quality,
    kind_of,
    label_of,
    quality_of,
)

LONGEST_LINE = 4 * 1024 * 1024
"""A whole video's vPDQ hashes may stand in one line."""

csv.field_size_limit(LONGEST_LINE)

_OF_TYPE = ("signal_type", "type", "kind", "hash_type", "indicator_type", "algorithm")
_OF_HASH = ("signal_str", "indicator", "hash", "value", "signal")
_OF_QUALITY = ("quality", "pdq_quality")
_OF_LABEL = ("label", "labels", "category", "tags")
_OF_ENTRY = ("entry", "video", "video_id", "indicator_id", "id")
_OF_TIME = ("timestamp", "timestamp_s")

_BARE = re.compile(r"^[0-9a-fA-F]{32,64}$")
_SUM = re.compile(r"^\\?([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})[ ][ *]\S")
_FRAME = re.compile(r"^\d+,\s*\d+,\s*[0-9a-fA-F]{64},\s*\d+(\.\d+)?$")
_BY_DIGITS = {32: HashKind.MD5, 40: HashKind.SHA1}


class ListReader:
    """Reads the lines of one list in order; the first may be a CSV header.

    `kind` says what bare hashes are where their length does not; `video` is the name of the video
    that vPDQ lines without one belong to.
    """

    def __init__(self, kind: HashKind | None = None, video: str = "") -> None:
        self._kind = kind
        self._video = video[:NAME_MAX]
        self._columns: tuple[str, ...] | None = None
        self._begun = False

    def read(self, line: str) -> list[ListedHash]:
        """The hashes of one line: none of an empty one, a comment or the header."""
        text = line.lstrip("\ufeff").strip()
        if not text or text.startswith("#"):
            return []
        if len(text) > LONGEST_LINE:
            raise BadLine("the line is too long")
        if "\0" in text:
            raise BadLine("the line holds a NUL, which is no text")
        first, self._begun = not self._begun, True
        if first and (columns := _header(text)):
            self._columns = columns
            return []
        if self._columns:
            return self._of_row(dict(zip(self._columns, _cells(text), strict=False)))
        return self._of_text(text)

    def _of_row(self, row: Mapping[str, str]) -> list[ListedHash]:
        label = " ".join(filter(None, (row.get(name, "").strip() for name in _OF_LABEL))) or None
        entry = _first(row, _OF_ENTRY)
        told = _first(row, _OF_TYPE)
        written = _first(row, _OF_HASH)
        if written:
            kind = kind_of(told) if told else self._guess(written)
            found = self._hashes(kind, written, entry)
        else:
            named = [
                (kind, row[kind.value]) for kind in HashKind if row.get(kind.value, "").strip()
            ]
            found = [one for kind, each in named for one in self._hashes(kind, each.strip(), entry)]
        if not found:
            raise BadLine("no column of this row holds a hash")
        quality, at_s = _first(row, _OF_QUALITY), _first(row, _OF_TIME)
        if len(found) == 1:
            found = [replace(found[0], quality=quality_of(quality), at_ms=at_ms_of(at_s))]
        return [replace(each, label=label_of(label)) for each in found]

    def _of_text(self, text: str) -> list[ListedHash]:
        if summed := _SUM.match(text):
            digits = summed.group(1)
            return self._hashes(_BY_DIGITS.get(len(digits), HashKind.SHA256), digits, "")
        if _FRAME.match(text):
            _, quality, digits, at_s = (part.strip() for part in text.split(","))
            [frame] = self._hashes(HashKind.VPDQ, digits, self._video)
            return [replace(frame, quality=quality_of(quality), at_ms=at_ms_of(at_s))]
        told, _, rest = text.partition(" ")
        if rest and told.lower() in TYPES:
            return self._hashes(kind_of(told), rest.strip(), "")
        return self._of_cells([each.strip() for each in text.split(",")])

    def _of_cells(self, cells: Sequence[str]) -> list[ListedHash]:
        """`hash[,quality[,label]]`; in ThreatExchange's own files numbers stand before the label."""
        digits, *more = cells
        kind = self._guess(digits, of_picture=bool(more))
        quality = None
        if more and is_quality(more[0]) and len(more) <= 2:
            quality, more = quality_of(more[0]), more[1:]
        label = more[-1] if more else None
        found = self._hashes(kind, digits, "")
        return [replace(each, quality=quality, label=label_of(label)) for each in found]

    def _guess(self, digits: str, *, of_picture: bool = False) -> HashKind:
        if not _BARE.match(digits):
            raise BadLine("this is no hash in hexadecimal digits")
        known = self._kind or _BY_DIGITS.get(len(digits))
        if known is None and of_picture and len(digits) == 64:
            known = HashKind.PDQ
        if known is None:
            raise BadLine("64 digits are a PDQ or a SHA-256 hash: say which with `kind`")
        return known

    def _hashes(self, kind: HashKind, written: str, entry: str) -> list[ListedHash]:
        if kind is HashKind.VPDQ and written.startswith("["):
            return frames_of(written, entry)
        if kind is HashKind.VPDQ and not (entry or self._video):
            raise BadLine("a vPDQ hash is a frame of a video: name the video")
        named = (entry or self._video) if kind is HashKind.VPDQ else entry
        return [ListedHash(kind, bits_of(kind, written), named[:NAME_MAX])]


def _header(text: str) -> tuple[str, ...] | None:
    columns = tuple(each.strip().lower() for each in _cells(text))
    named = {*_OF_HASH, *(kind.value for kind in HashKind)}
    return columns if named & set(columns) else None


def _cells(text: str) -> list[str]:
    try:
        return next(csv.reader([text]))
    except csv.Error as error:
        raise BadLine(f"this is no line of CSV: {error}") from error


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name].strip() for name in names if row.get(name, "").strip()), "")
