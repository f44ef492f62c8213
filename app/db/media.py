"""Stored content, one row per SHA-256, and its receipts: each time it arrived, from whom."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.media import MediaKind
from app.db.base import Table, new_id, now, stored_enum
from app.schemas.enums import MediaState, SourceKind


class Media(Table):
    """One content."""

    __tablename__ = "media"

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
    progress: Mapped[float] = mapped_column(default=0.0)
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class MediaTag(Table):
    """A word that the desk put on an item."""

    __tablename__ = "media_tags"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Receipt(Table):
    """One arrival of a content: who brought it, when, from where, with what claim."""

    __tablename__ = "receipts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"), index=True)
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
