"""Reads a file's metadata by every reader there is, and keeps what each of them says apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.decoding.sniff import Container
from app.core.errors import TooLarge, Unreadable
from app.core.media import DecodeLimits
from app.core.provenance import exiftool_reading, ffmpeg_reading
from app.core.provenance.asking import ask, shortened
from app.core.provenance.credentials import pictures_of
from app.core.provenance.values import Metadata, Picture, Shape, Value, ValueKind

_PATIENCE_S = 60
MOST_VALUES = 500
"""Of one kind and one reader: more of one must not hide what another one finds, or of another kind."""


def read_metadata(path: Path, container: Container, limits: DecodeLimits) -> Metadata:
    """Every value with its origin and its reader; a reader that fails is named and missed.

    Never raises for what a file does to its readers: each has a child process of its own.
    """
    short = shortened(limits, _PATIENCE_S)
    answers: list[Mapping[str, Any]] = []
    values: list[Value] = []
    failures: dict[str, str] = {}
    for name, read in _readers(path, container, short).items():
        try:
            answer = read()
        except Unreadable as error:
            failures[name] = f"{error.code}: {error}"
            continue
        answers.append(answer)
        said = dict.fromkeys(map(_value, answer.get("values", ())))
        kept = list(_kept(said))
        if len(kept) < len(said):
            left = len(said) - len(kept)
            failures[name] = f"{TooLarge.code}: {left} of the values that it found are left out."
        values += kept
    shapes = [Shape(**answer["shape"]) for answer in answers if "shape" in answer]
    return Metadata(
        values=tuple(dict.fromkeys(values)),
        shape=shapes[0] if shapes else None,
        pictures=_pictures(answers),
        failures=failures,
    )


def _readers(
    path: Path, container: Container, limits: DecodeLimits
) -> dict[str, Callable[[], Mapping[str, Any]]]:
    """Those readers that know the container."""
    iso = "mov" in container.demuxers or container.picture in {"HEIF", "AVIF"}
    found: dict[str, Callable[[], Mapping[str, Any]]] = {}
    if iso:
        found["boxes"] = lambda: ask("iso_reading", path, {}, limits)
    if container.picture:
        options = {"format": container.picture}
        reader = "heif_reading" if container.picture == "HEIF" else "still_reading"
        found["pillow"] = lambda: ask(reader, path, options, limits)
    else:
        found["ffmpeg"] = lambda: {"values": ffmpeg_reading.read(path, limits)}
        found["mediainfo"] = lambda: ask("mediainfo_reading", path, {}, limits)
    if exiftool_reading.program() is not None:
        found["exiftool"] = lambda: {"values": exiftool_reading.read(path, limits)}
    return found


def _value(found: Mapping[str, Any]) -> Value:
    return Value(**{**found, "kind": ValueKind(found["kind"])})


def _kept(said: Iterable[Value]) -> Iterator[Value]:
    kept = Counter[ValueKind]()
    for each in said:
        kept[each.kind] += 1
        if kept[each.kind] <= MOST_VALUES:
            yield each


def _pictures(answers: Sequence[Mapping[str, Any]]) -> tuple[Picture, ...]:
    return tuple(each for answer in answers for each in pictures_of(answer.get("pictures", ())))
