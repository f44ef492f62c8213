"""Reads published fact checks out of JSON-LD: `ClaimReview` and `MediaReview` of schema.org.

One object, an array, an `@graph`, an `ItemList` and a `DataFeed` are read alike, as the feeds of
Google and of Duke's Reporters' Lab have them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.schemas.fields import CONTROL, LINK_MAX, TEXT_MAX
from app.services.imports.bounded_json import parsed
from app.services.imports.listing import Unimportable

KINDS = ("ClaimReview", "MediaReview")
_CONTAINERS = ("@graph", "itemListElement", "dataFeedElement", "item", "mainEntity")
_ADDRESSES = ("url", "contentUrl", "embedUrl", "archivedAt")
_PEOPLE = ("author", "creator", "publisher", "isPartOf", "sdPublisher")
_LINK = re.compile(r"https?://[^\s/]+\S*\Z")
MOST_LINKS = 100
MOST_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Review:
    """One fact check: the columns that are kept of it, and what names a file of its media."""

    columns: dict[str, Any]
    files: tuple[str, ...]


def reviews(data: bytes) -> Iterator[Review]:
    """Every review in a file, in its order; raises `Unimportable` if it is no JSON, or too much."""
    try:
        whole = parsed(data)
    except (ValueError, RecursionError) as error:
        raise Unimportable("not_json", f"It is not JSON: {error}"[:500]) from error
    open_: list[Any] = [whole]
    while open_:
        value = open_.pop()
        if isinstance(value, list):
            open_.extend(reversed(value))
        elif isinstance(value, dict):
            kind = next((each for each in KINDS if each in _some(value.get("@type"))), None)
            if kind:
                yield _review(kind, value)
            open_.extend(value[name] for name in reversed(_CONTAINERS) if name in value)


def _review(kind: str, value: dict[str, Any]) -> Review:
    reviewed = value.get("itemReviewed")
    found = list(dict.fromkeys(islice(_addresses(reviewed), MOST_ADDRESSES)))
    author = _first(value.get("author"))
    named = author if isinstance(author, dict) else {"name": author}
    columns = {
        "kind": kind,
        "url": as_link(value.get("url")),
        "claim": as_text(value.get("claimReviewed")) or _description(reviewed, value),
        "verdict": _verdict(value),
        "author": as_text(named.get("name")),
        "author_url": as_link(named.get("url")),
        "published_at": as_text(value.get("datePublished"), 40),
        "links": [link for each in found if (link := as_link(each))][:MOST_LINKS],
    }
    return Review(columns, tuple(each for each in found if as_text(each) == each))


def _verdict(value: dict[str, Any]) -> str | None:
    """A rating's own words, or its category, or its number."""
    rating = _first(value.get("reviewRating"))
    rating = rating if isinstance(rating, dict) else {}
    words = [*_some(value.get("mediaAuthenticityCategory")), rating.get("alternateName")]
    said = ", ".join(str(each) for each in words if each)
    if not said and rating.get("ratingValue") is not None:
        best = rating.get("bestRating")
        said = f"{rating['ratingValue']}" + (f" of {best}" if best is not None else "")
    return as_text(said)


def _description(reviewed: Any, value: dict[str, Any]) -> str | None:
    of = _first(reviewed)
    for holder in (of if isinstance(of, dict) else {}, value):
        for name in ("originalMediaContextDescription", "description", "name"):
            if text := as_text(_first(holder.get(name))):
                return text
    return None


def _addresses(reviewed: Any) -> Iterator[str]:
    """Where what is reviewed appeared; people's own addresses are not among them."""
    open_: list[Any] = [reviewed]
    while open_:
        value = open_.pop()
        if isinstance(value, list):
            open_.extend(reversed(value))
        elif isinstance(value, dict):
            for name in _ADDRESSES:
                yield from (each for each in _some(value.get(name)) if isinstance(each, str))
            rest = (name for name in value if name not in (*_PEOPLE, *_ADDRESSES))
            open_.extend(value[name] for name in reversed(list(rest)))


def _some(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(_some(value)), None)


def as_text(value: Any, most: int = TEXT_MAX) -> str | None:
    """A text as every database can keep it."""
    if not isinstance(value, str):
        return None
    return CONTROL.sub("", value).encode(errors="replace").decode().strip()[:most] or None


def as_link(value: Any) -> str | None:
    """A web address, if it is one."""
    text = as_text(_first(value)) or ""
    return text if len(text) <= LINK_MAX and _LINK.match(text) else None
