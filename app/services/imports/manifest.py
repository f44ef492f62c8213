"""Reads a manifest: NDJSON, a line a file with what is said about it; a faulty line stops no other."""

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydantic import ValidationError

from app.schemas.imports import PATH_MAX, ManifestLine
from app.services.imports.listing import Listed, Unimportable, storable
from app.services.imports.places import Place, open_inside

LINE_MAX_BYTES = 64 * 1024
_TOO_LONG = Unimportable("line_too_long", f"It is longer than {LINE_MAX_BYTES} bytes.")
_BOM = b"\xef\xbb\xbf"
_BUFFER_BYTES = 1 << 20


def read(place: Place) -> Iterator[Listed]:
    """Every line that is not blank, counted from 1; of a faulty one its fault."""
    with open_inside(place.root, place.path) as raw, io.BufferedReader(raw, _BUFFER_BYTES) as file:  # type: ignore[type-var]
        for number, line in enumerate(_lines(file), 1):
            if number == 1 and line is not None:
                line = line.removeprefix(_BOM)  # noqa: PLW2901
            if line is None or line.strip():
                yield _listed(number, line)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file; None for one that is too long, which is read past."""
    while line := file.readline(LINE_MAX_BYTES + 1):
        if len(line) <= LINE_MAX_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LINE_MAX_BYTES)
        yield None


def _listed(number: int, line: bytes | None) -> Listed:
    path = ""
    if line is None:
        return Listed(path, number, fault=_TOO_LONG)
    try:
        value = _parsed(line)
        path = _shown(value.get("path"))
        said = _validated(value)
    except Unimportable as fault:
        return Listed(path, number, fault=fault)
    return Listed(said.pop("path"), number, said)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise Unimportable("not_utf8", "It is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise Unimportable("not_json", f"It is not JSON: {error}"[:500]) from error
    if not isinstance(value, dict):
        raise Unimportable("not_json", "It is no JSON object.")
    return value


def _validated(value: dict[str, Any]) -> dict[str, Any]:
    try:
        line = ManifestLine.model_validate(value)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3]
        )
        raise Unimportable("invalid_line", wrong[:500]) from error
    said: dict[str, Any] = line.model_dump(mode="json", exclude_defaults=True)
    if not storable(json.dumps(said, ensure_ascii=False)) or "\\u0000" in json.dumps(said):
        raise Unimportable("invalid_line", "It holds a character that cannot be stored.")
    return said


def _shown(path: Any) -> str:
    """As much of a path as can be kept of a line that is not valid."""
    if not isinstance(path, str):
        return ""
    return path[:PATH_MAX].replace("\0", "\\0").encode(errors="backslashreplace").decode()
