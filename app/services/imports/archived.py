"""What auto-archiver wrote about the files it archived: its JSON, its CSV and its pages.

Layouts as of version 1.x: `metadata.json` of the JSON enricher and a row of the CSV database both
hold `status`, `metadata`, `media`; the HTML formatter's page lists the same for people.
"""

import ast
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from app.services.imports.archived_page import Page
from app.services.imports.bounded_json import parsed
from app.services.imports.fact_check_feed import as_link, as_text

_FIELD_MAX = 8 * 1024**2
_LITERAL_MAX = 512 * 1024
"""Characters; Python's parser takes up to 500 times as much memory."""
_OF_THE_PAGE = ("screenshot", "thumbnails", "pdf")
_HASH = re.compile(r"(SHA-256|SHA3-512):([0-9a-f]{64,128})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Archived:
    """One archived file: the names it may have here, its hash (`algorithm`, hex), what is said of it.

    `derived` are pictures that the archiver made, of a page or of a video.
    """

    names: tuple[str, ...]
    hash: tuple[str, str] | None
    said: dict[str, Any]
    derived: bool


def of_json(data: bytes) -> list[Archived]:
    """The files of a `metadata.json`; none if it has another layout.

    Raises `Unimportable` if it would take too much memory.
    """
    try:
        return list(_of_result(parsed(data)))
    except (ValueError, RecursionError):
        return []


def of_csv(data: bytes) -> list[Archived]:
    """The files of a CSV database, of each row that can be read; none if it has another layout."""
    csv.field_size_limit(_FIELD_MAX)
    rows = csv.DictReader(io.TextIOWrapper(io.BytesIO(data), "utf-8", "replace", newline=""))
    found: list[Archived] = []
    with suppress(csv.Error):
        for row in rows:
            found += _of_row(row)
    return found


def _of_row(row: dict[str, Any]) -> list[Archived]:
    try:
        columns = {name: _literal(row.get(name) or "None") for name in ("metadata", "media")}
        return list(_of_result(columns))
    except (TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return []


def of_html(data: bytes) -> list[Archived]:
    """The files of a page; none if auto-archiver did not write it."""
    page = Page()
    try:
        page.feed(data.decode(errors="replace"))
    except AssertionError:  # what Python's parser raises for some declarations
        return []
    if not page.url or not page.media:
        return []
    said = _said({"title": page.title, **page.metadata, "url": page.url})
    return [
        Archived(
            (item.key,), _hash(item.hash), said, item.nested or item.id.startswith(_OF_THE_PAGE)
        )
        for item in page.media
    ]


def _of_result(value: Any) -> Iterator[Archived]:
    if not isinstance(value, dict) or not isinstance(value.get("metadata"), dict):
        return
    said = _said(value["metadata"])
    for item in _dicts(value.get("media")):
        yield from _of_media(item, said, derived=False)


def _of_media(item: dict[str, Any], said: dict[str, Any], *, derived: bool) -> Iterator[Archived]:
    properties = item.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    urls = item.get("urls")
    stored = urls if isinstance(urls, list) else []
    names = [item.get("_key"), item.get("key"), *stored, item.get("filename")]
    derived = derived or str(properties.get("id", "")).startswith(_OF_THE_PAGE)
    named = tuple(name for name in names if isinstance(name, str) and name)
    hashed = _hash(properties.get("hash"))
    if named or hashed:
        yield Archived(named, hashed, said, derived)
    for value in properties.values():
        for inner in _dicts(value if isinstance(value, list) else [value]):
            if "filename" in inner:
                yield from _of_media(inner, said, derived=True)


def _said(metadata: dict[str, Any]) -> dict[str, Any]:
    """What a result says of every file of it, as a manifest's line would."""
    title = as_text(metadata.get("title"), 500)
    said = {
        "title": title,
        "source_url": as_link(metadata.get("url")),
        "source_kind": "monitoring",
        "archive_url": as_link(metadata.get("wayback")),
        "archived_at": _instant(metadata.get("_processed_at")),
        "published_at": _instant(metadata.get("timestamp")),
    }
    return {name: value for name, value in said.items() if value}


def _hash(value: Any) -> tuple[str, str] | None:
    found = _HASH.fullmatch(value.strip()) if isinstance(value, str) else None
    return (found[1].upper(), found[2].lower()) if found else None


def _instant(value: Any) -> str | None:
    """An instant in ISO 8601; without a zone it is UTC, as the archiver means it."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def _dicts(values: Any) -> Iterator[dict[str, Any]]:
    if isinstance(values, list):
        yield from (each for each in values if isinstance(each, dict))


def _literal(text: str) -> Any:
    """A value as Python's `repr` writes it, instants included; nothing is run."""
    if len(text) > _LITERAL_MAX:
        raise ValueError("It is too long.")
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {_value(key): _value(value) for key, value in pairs if key is not None}
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return [_value(each) for each in elements]
        case ast.Call(func=called, args=arguments, keywords=named):
            what = ast.unparse(called)
            given = [_value(each) for each in arguments]
            more = {each.arg or "": _value(each.value) for each in named}
            return _made(what, given, more)
        case ast.Attribute() if ast.unparse(node) == "datetime.timezone.utc":
            return UTC
    return ast.literal_eval(node)


def _made(what: str, given: list[Any], named: dict[str, Any]) -> Any:
    makers = {
        "datetime.datetime": datetime,
        "datetime.timedelta": timedelta,
        "datetime.timezone": timezone,
    }
    try:
        return makers[what](*given, **named)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"{what} is no value") from error
