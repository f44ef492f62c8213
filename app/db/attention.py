"""Why people should look at records again: reasons, open until somebody closes them."""

from collections import defaultdict
from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.db.verifications import Verification
from app.schemas.enums import VerificationStatus
from app.schemas.record_enums import AttentionReason


class Attention(Table):
    """One reason to look at one record; `detail` holds ids and codes, and tells it from others."""

    __tablename__ = "attention"
    __table_args__ = (sa.Index("ix_attention_open", "media_id", "closed_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"))
    reason: Mapped[AttentionReason] = mapped_column(stored_enum(AttentionReason), index=True)
    detail: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_by_name: Mapped[str | None]
    note_id: Mapped[str | None] = mapped_column(sa.ForeignKey("notes.id"))


_NEWEST_FIRST = (Attention.opened_at.desc(), Attention.id.desc())


def find(session: Session, attention_id: str) -> Attention | None:
    """The reason with this id, if there is one."""
    return session.get(Attention, attention_id)


def open_of(
    session: Session, media_id: str, reason: AttentionReason | None = None
) -> list[Attention]:
    """The open ones of one record, newest first; of one kind where that is given."""
    statement = sa.select(Attention).where(
        Attention.media_id == media_id, Attention.closed_at.is_(None)
    )
    if reason is not None:
        statement = statement.where(Attention.reason == reason)
    return list(session.scalars(statement.order_by(*_NEWEST_FIRST)))


def open_reasons(session: Session, media_ids: SomeOf[str]) -> dict[str, list[AttentionReason]]:
    """What is open on some records; a record without is not among the keys."""
    found: dict[str, list[AttentionReason]] = defaultdict(list)
    statement = sa.select(Attention.media_id, Attention.reason).distinct()
    statement = statement.where(Attention.media_id.in_(media_ids), Attention.closed_at.is_(None))
    for media_id, reason in session.execute(statement.order_by(Attention.reason)):
        found[media_id].append(reason)
    return dict(found)


def page(session: Session, media_id: str, limit: int, cursor: str | None) -> Paged[Attention]:
    """One page of a record's reasons, closed ones included, newest first."""
    statement = sa.select(Attention).where(Attention.media_id == media_id)
    return paged(session, statement.order_by(*_NEWEST_FIRST), limit, cursor)


def closed_page(session: Session, media_id: str, limit: int) -> Paged[Attention]:
    """The first page of a record's closed reasons, newest first."""
    statement = sa.select(Attention).where(
        Attention.media_id == media_id, Attention.closed_at.is_not(None)
    )
    return paged(session, statement.order_by(*_NEWEST_FIRST), limit, None)


def overdue(session: Session, at: datetime, limit: int, media_id: str | None = None) -> list[str]:
    """The items whose record was due before `at` and has no reminder since; longest due first.

    What is void has no date to keep. `media_id` asks about one item only.
    """
    told = sa.select(Attention.id).where(
        Attention.media_id == Verification.media_id,
        Attention.reason == AttentionReason.REVIEW_DUE,
        Attention.opened_at >= Verification.due_at,
    )
    statement = sa.select(Verification.media_id).where(
        Verification.due_at <= at,
        Verification.status != VerificationStatus.VOID,
        ~told.exists(),
    )
    if media_id is not None:
        statement = statement.where(Verification.media_id == media_id)
    return list(session.scalars(statement.order_by(Verification.due_at).limit(limit)))
