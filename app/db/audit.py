"""The audit chain's tables: entries that never change, and payloads that may be erased."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Sequence, Table


class AuditEntry(Table):
    """One thing that was done; triggers refuse to change or delete it (`app.core.chain`)."""

    __tablename__ = "audit_entries"
    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject_kind", "subject_id"),)

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[str]
    actor_role: Mapped[str]
    action: Mapped[str] = mapped_column(sa.String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str]
    media_id: Mapped[str | None] = mapped_column(index=True)
    payload_digest: Mapped[str] = mapped_column(sa.String(64))
    prev_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class AuditPayload(Table):
    """An entry's particulars as canonical JSON; erased, only when, by whom and on what authority."""

    __tablename__ = "audit_payloads"

    seq: Mapped[int] = mapped_column(
        Sequence, sa.ForeignKey("audit_entries.seq"), primary_key=True, autoincrement=False
    )
    salt: Mapped[str | None] = mapped_column(sa.String(64))
    payload: Mapped[str | None] = mapped_column(sa.Text)
    erased_at: Mapped[datetime | None]
    erased_by: Mapped[str | None]
    authority: Mapped[str | None]


def last(session: Session) -> AuditEntry | None:
    """The newest entry, if there is one."""
    return session.scalar(sa.select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
