"""Stored content, one row per SHA-256, and its receipts: each time it arrived, from whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.media import MediaKind
from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.enums import MediaStage, MediaState, SourceKind
from app.schemas.record_enums import FileOrigin, IntakeMethod


class Media(Table):
    """One content; of a purged one the row stays, emptied, so that its record keeps its place.

    In place of its hash a purged row has a number of its own, which no content has.
    """

    __tablename__ = "media"
    __table_args__ = (sa.Index("ix_media_newest", "received_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[MediaKind] = mapped_column(stored_enum(MediaKind))
    state: Mapped[MediaState] = mapped_column(
        stored_enum(MediaState), default=MediaState.RECEIVED, index=True
    )
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    filename: Mapped[str]
    content_type: Mapped[str]
    title: Mapped[str | None]
    duration_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    stage: Mapped[MediaStage] = mapped_column(stored_enum(MediaStage), default=MediaStage.RECEIVED)
    progress: Mapped[float] = mapped_column(default=0.0)
    previewed_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=1)
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    # Case-folded words to find the item by: the engines fold other letters than a-z differently.
    search_text: Mapped[str] = mapped_column(sa.Text, default="", deferred=True)
    # Another item that had this content, and was purged.
    purged_before: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class MediaTag(Table):
    """A word that the desk put on an item."""

    __tablename__ = "media_tags"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Receipt(Table):
    """One arrival of a content: who brought it, when, from where, with what claim.

    `sender` gave the file to the bringer, on `consent_terms`; `desk_version` is the program that
    took it in.
    """

    __tablename__ = "receipts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_by: Mapped[str]
    filename: Mapped[str]
    title: Mapped[str | None]
    source_name: Mapped[str | None]
    source_url: Mapped[str | None]
    source_kind: Mapped[SourceKind] = mapped_column(
        stored_enum(SourceKind), default=SourceKind.UNKNOWN
    )
    claimed_at: Mapped[datetime | None]
    claimed_place: Mapped[str | None]
    received_via: Mapped[IntakeMethod] = mapped_column(
        stored_enum(IntakeMethod), default=IntakeMethod.UPLOAD
    )
    archive_url: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    sender: Mapped[str | None]
    consent_terms: Mapped[str | None] = mapped_column(sa.Text)
    file_origin: Mapped[FileOrigin] = mapped_column(
        stored_enum(FileOrigin), default=FileOrigin.UNKNOWN
    )
    desk_version: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Intake:
    """What an arrival says that decides what may be concluded."""

    received_by: str
    source_kind: SourceKind
    file_origin: FileOrigin


def find(session: Session, media_id: str) -> Media | None:
    """Give the item with this id, if there is one; a purged one there is no more."""
    return _living(session.get(Media, media_id))


def shell(session: Session, media_id: str) -> Media:
    """Give the row of an item that has one, purged or not."""
    return session.get_one(Media, media_id)


def lock(session: Session, media_id: str) -> Media | None:
    """Give the item with this id, kept from others until the commit, if there is one."""
    return _living(session.get(Media, media_id, with_for_update=True, populate_existing=True))


def by_ids(session: Session, media_ids: Collection[str]) -> dict[str, Media]:
    """Give those of some items that exist."""
    living = sa.and_(Media.id.in_(media_ids), Media.state != MediaState.PURGED)
    found = session.scalars(sa.select(Media).where(living))
    return {item.id: item for item in found}


def contents_among(session: Session, hashes: Collection[str]) -> set[str]:
    """Give those of some contents that an item has."""
    return set(session.scalars(sa.select(Media.sha256).where(Media.sha256.in_(hashes))))


def by_sha256(session: Session, sha256: str) -> Media | None:
    """Give the item with this content, if there is one."""
    return session.scalar(sa.select(Media).where(Media.sha256 == sha256))


def receipts(session: Session, media_id: str, limit: int, cursor: str | None) -> Paged[Receipt]:
    """Give one page of an item's arrivals, first one first."""
    arrivals = sa.select(Receipt).where(Receipt.media_id == media_id)
    statement = arrivals.order_by(Receipt.received_at, Receipt.id)
    return paged(session, statement, limit, cursor)


def intake(session: Session, media_id: str) -> set[Intake]:
    """Give what an item's arrivals say, each different one once."""
    said = sa.select(Receipt.received_by, Receipt.source_kind, Receipt.file_origin).distinct()
    return {Intake(*row) for row in session.execute(said.where(Receipt.media_id == media_id))}


def add_tags(session: Session, media_id: str, tags: Iterable[str]) -> None:
    """Put words on an item; one that it carries already stays."""
    known = set(session.scalars(sa.select(MediaTag.tag).where(MediaTag.media_id == media_id)))
    session.add_all(MediaTag(media_id=media_id, tag=tag) for tag in set(tags) - known)


def _living(item: Media | None) -> Media | None:
    return None if item is None or item.state is MediaState.PURGED else item
