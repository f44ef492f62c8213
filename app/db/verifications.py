"""Verification records, their notes, and the history of every change."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import NEVER_REUSED, Sequence, Table, new_id, now, stored_enum
from app.schemas.enums import HistoryAction, ReasonCode, VerificationStatus


class Verification(Table):
    """One item's record; `version` grows with every change and is its ETag."""

    __tablename__ = "verifications"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[VerificationStatus] = mapped_column(
        stored_enum(VerificationStatus), default=VerificationStatus.UNREVIEWED, index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    assignee: Mapped[str | None]
    due_at: Mapped[datetime | None]
    public_wording: Mapped[str | None]
    missing: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason_code: Mapped[ReasonCode | None] = mapped_column(stored_enum(ReasonCode))
    duplicate_of: Mapped[str | None]
    correction_text: Mapped[str | None] = mapped_column(sa.Text)
    opened_at: Mapped[datetime] = mapped_column(default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Note(Table):
    """What somebody wrote; never changed, only superseded by a newer note."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("verifications.media_id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[str]
    author_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    supersedes_id: Mapped[str | None] = mapped_column(sa.ForeignKey("notes.id"), unique=True)


class HistoryEntry(Table):
    """One change of one record: who did what, when, and the version it made."""

    __tablename__ = "history"
    __table_args__ = (sa.UniqueConstraint("media_id", "version"),)
    __table_args__ = NEVER_REUSED

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("verifications.media_id", ondelete="CASCADE")
    )
    at: Mapped[datetime] = mapped_column(default=now)
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    action: Mapped[HistoryAction] = mapped_column(stored_enum(HistoryAction))
    version: Mapped[int]
    details: Mapped[dict[str, Any]]


def of_media(session: Session, media_id: str) -> Verification | None:
    """The record of one item."""
    return session.get(Verification, media_id)


def locked(session: Session, media_id: str) -> Verification | None:
    """The record of one item as committed now, held until the caller's transaction ends."""
    return session.get(Verification, media_id, with_for_update=True, populate_existing=True)
