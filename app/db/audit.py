"""The audit chain's tables: entries that never change, and payloads that may be erased."""

from collections.abc import Sequence as Listed
from datetime import datetime
from itertools import batched
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.custody import chain
from app.db.base import Sequence, Table
from app.schemas.audit import AuditAction

AT_ONCE = 1000


class AuditEntry(Table):
    """One thing that was done; triggers refuse to change or delete it (`app.core.custody.chain`)."""

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


def head(session: Session) -> tuple[int, str]:
    """The number and the hash of the newest entry; of an empty chain, what it begins with."""
    newest = sa.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    found = session.execute(newest).first()
    return (found.seq, found.hash) if found else (0, chain.FIRST_PREVIOUS)


def add(session: Session, link: chain.Link) -> None:
    """Store the chain's next entry with its payload."""
    said = link.content
    entry = {
        "seq": said.seq,
        "at": datetime.fromisoformat(said.at),
        "actor_id": said.actor,
        "actor_role": said.role,
        "action": said.action,
        "subject_kind": said.subject,
        "subject_id": said.subject_id,
        "media_id": said.media_id,
        "payload_digest": said.payload_digest,
        "prev_hash": link.previous,
        "hash": link.hash,
    }
    session.execute(sa.insert(AuditEntry), [entry])
    payload = {"seq": said.seq, "salt": link.salt, "payload": link.payload}
    session.execute(sa.insert(AuditPayload), [payload])


def content_of(entry: AuditEntry | sa.Row[*tuple[Any, ...]] | SimpleNamespace) -> chain.Content:
    """What a stored entry says, as the chain digests it."""
    return chain.Content(
        seq=entry.seq,
        at=chain.instant(entry.at),
        actor=entry.actor_id,
        role=entry.actor_role,
        action=entry.action,
        subject=entry.subject_kind,
        subject_id=entry.subject_id,
        media_id=entry.media_id,
        payload_digest=entry.payload_digest,
    )


def erasable(
    session: Session, subject_kind: str | None, subject_id: str | None, media_id: str | None
) -> list[int]:
    """The entries about one thing, or about one item, whose payloads are there and may go."""
    statement = sa.select(AuditEntry.seq).join(AuditPayload, AuditPayload.seq == AuditEntry.seq)
    if media_id is not None:
        statement = statement.where(AuditEntry.media_id == media_id)
    else:
        statement = statement.where(
            AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id
        )
    there = AuditPayload.payload.is_not(None)
    # What proves an erasure is never erased.
    proof = AuditEntry.action == AuditAction.PAYLOAD_ERASED.value
    return list(session.scalars(statement.where(there, ~proof).order_by(AuditEntry.seq)))


def erase(session: Session, seqs: Listed[int], *, at: datetime, by: str, authority: str) -> None:
    """Put a tombstone in the place of some payloads."""
    gone = {"salt": None, "payload": None, "erased_at": at, "erased_by": by, "authority": authority}
    for some in batched(seqs, AT_ONCE):
        session.execute(sa.update(AuditPayload).where(AuditPayload.seq.in_(some)).values(**gone))


def hash_of(session: Session, seq: int) -> str | None:
    """The hash of an entry, if there is one of this number."""
    return session.scalar(sa.select(AuditEntry.hash).where(AuditEntry.seq == seq))


def is_told(session: Session, action: str, subject_kind: str, subject_id: str) -> bool:
    """Whether an entry says that this was done to this very thing."""
    told = sa.exists().where(
        AuditEntry.subject_kind == subject_kind,
        AuditEntry.subject_id == subject_id,
        AuditEntry.action == str(action),
    )
    return bool(session.scalar(sa.select(told)))


def count_after(session: Session, seq: int, but_about: str) -> int:
    """How many entries there are behind `seq`, those about one kind of subject left out."""
    counted = sa.select(sa.func.count()).where(AuditEntry.seq > seq)
    return session.scalar(counted.where(AuditEntry.subject_kind != but_about)) or 0
