"""Lists of media: by what they are filtered and searched, and what is shown beside each item."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection as SomeOf
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.media import MediaKind
from app.db.collections import Collection, CollectionMember
from app.db.media import Media, MediaTag, Receipt
from app.db.paging import Paged, paged
from app.db.sensitivity import Marked, marked
from app.db.verifications import Note, Verification, is_at
from app.schemas.enums import MediaState, VerificationStatus

_WHOLE_NAME = re.compile(r"(?:sha256:)?([0-9a-f]{32}|[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """What an item must be to be listed; None asks for nothing."""

    state: MediaState | None = None
    kind: MediaKind | None = None
    collection: str | None = None
    status: VerificationStatus | None = None
    not_status: VerificationStatus | None = None
    tag: str | None = None
    words: str | None = None
    received_after: datetime | None = None
    received_before: datetime | None = None
    sha256: str | None = None


@dataclass(slots=True)
class Facets:
    """What is shown of an item beside its own row."""

    collections: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    receipts: int = 0
    status: VerificationStatus = VerificationStatus.UNREVIEWED
    version: int = 1
    marked: Marked = field(default_factory=Marked)


def folded(text: str) -> str:
    """Give `text` as it is searched: the same on every engine, whatever its letters."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def make_findable(media: Media, *texts: str | None) -> None:
    """Let a search for words find an item by these texts, too."""
    lines = media.search_text.split("\n") if media.search_text else []
    new = [folded(text) for text in texts if text]
    media.search_text = "\n".join(dict.fromkeys(lines + new))


def forget_text(session: Session, media: Media, text: str) -> None:
    """Let a search find an item no more by a text, unless something else about it says the same."""
    gone = folded(text)
    media.search_text = "\n".join(line for line in media.search_text.split("\n") if line != gone)
    said = (Receipt.title, Receipt.filename, Receipt.source_name, Receipt.source_url)
    receipts = sa.select(*said, Receipt.claimed_place).where(Receipt.media_id == media.id)
    notes = sa.select(Note.text).where(Note.media_id == media.id)
    tags = sa.select(MediaTag.tag).where(MediaTag.media_id == media.id)
    still = [
        each for rows in (receipts, notes, tags) for row in session.execute(rows) for each in row
    ]
    make_findable(media, *(each for each in still if each and folded(each) == gone))


def page(session: Session, wanted: MediaFilter, limit: int, cursor: str | None) -> Paged[Media]:
    """Give one page of the items that `wanted` lets pass, newest first."""
    statement = sa.select(Media).where(*_conditions(wanted))
    statement = statement.order_by(Media.received_at.desc(), Media.id.desc())
    return paged(session, statement, limit, cursor)


def matching(wanted: MediaFilter) -> sa.Select[str]:
    """Select the ids of the items that `wanted` lets pass."""
    return sa.select(Media.id).where(*_conditions(wanted))


def facets(session: Session, media_ids: SomeOf[str]) -> dict[str, Facets]:
    """Give what is shown beside each of some items."""
    found: dict[str, Facets] = defaultdict(Facets)
    member, receipt = CollectionMember, Receipt
    slugs = sa.select(member.media_id, Collection.slug).join(Collection).order_by(Collection.slug)
    for media_id, slug in session.execute(slugs.where(member.media_id.in_(media_ids))):
        found[media_id].collections.append(slug)
    tags = sa.select(MediaTag.media_id, MediaTag.tag).order_by(MediaTag.tag)
    for media_id, tag in session.execute(tags.where(MediaTag.media_id.in_(media_ids))):
        found[media_id].tags.append(tag)
    counts = sa.select(receipt.media_id, sa.func.count()).group_by(receipt.media_id)
    for media_id, count in session.execute(counts.where(receipt.media_id.in_(media_ids))):
        found[media_id].receipts = count
    records = sa.select(Verification.media_id, Verification.status, Verification.version)
    for media_id, status, version in session.execute(
        records.where(Verification.media_id.in_(media_ids))
    ):
        found[media_id].status, found[media_id].version = status, version
    for media_id, each in marked(session, media_ids).items():
        found[media_id].marked = each
    return found


_CONDITIONS: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "state": lambda state: Media.state == state,
    "kind": lambda kind: Media.kind == kind,
    "sha256": lambda sha256: Media.sha256 == sha256,
    "received_after": lambda instant: Media.received_at > instant,
    "received_before": lambda instant: Media.received_at < instant,
    "collection": lambda slug: Media.id.in_(_members(slug)),
    "status": lambda status: is_at(Media.id, status),
    "not_status": lambda status: ~is_at(Media.id, status),
    "tag": lambda tag: Media.id.in_(sa.select(MediaTag.media_id).where(MediaTag.tag == tag)),
    "words": lambda words: sa.and_(sa.true(), *map(_named, folded(words).split())),
}


def _conditions(wanted: MediaFilter) -> list[sa.ColumnElement[bool]]:
    asked = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    living = Media.state != MediaState.PURGED
    given = [_CONDITIONS[name](value) for name, value in asked.items() if value is not None]
    return [living, *given]


def _named(word: str) -> sa.ColumnElement[bool]:
    """What a word finds an item by: its texts, or all of its id or its SHA-256."""
    found = Media.search_text.contains(word, autoescape=True)
    digits = _WHOLE_NAME.fullmatch(word)
    if digits is None:
        return found
    return sa.or_(found, Media.id == digits[1], Media.sha256 == digits[1])


def _members(slug: str) -> sa.Select[str]:
    return sa.select(CollectionMember.media_id).join(Collection).where(Collection.slug == slug)
