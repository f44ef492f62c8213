"""The log of what came onto which shelf and what left it: what the search indexes follow."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import NEVER_REUSED, Sequence, Table, now, stored_enum
from app.schemas.enums import Shelf


class KnownChange(StrEnum):
    """What an entry says: a fingerprint became known, is an upload's from now on, or is neither."""

    ADDED = "added"
    SHELVED = "shelved"
    REMOVED = "removed"


PUT_ON = {Shelf.KNOWN: KnownChange.ADDED, Shelf.UPLOAD: KnownChange.SHELVED}
"""The entry that puts a fingerprint on a shelf, and takes it from the other one."""


class KnownLogEntry(Table):
    """One change; `seq` is drawn in commit order (`session.in_commit_order`)."""

    __tablename__ = "known_log"
    __table_args__ = NEVER_REUSED

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    # No foreign key: "removed" must outlive the fingerprint, or no index would learn of it.
    fingerprint_number: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    change: Mapped[KnownChange] = mapped_column(stored_enum(KnownChange))
    at: Mapped[datetime] = mapped_column(default=now)


def last_seq(session: Session) -> int:
    """The number of the newest entry; 0 before the first."""
    return session.scalar(sa.select(sa.func.max(KnownLogEntry.seq))) or 0


def newest(session: Session) -> KnownLogEntry | None:
    """The newest entry, if there is one."""
    return session.scalar(sa.select(KnownLogEntry).order_by(KnownLogEntry.seq.desc()).limit(1))


def entry(session: Session, seq: int) -> KnownLogEntry | None:
    """The entry of this number, if there is one."""
    return session.get(KnownLogEntry, seq)


def numbers_on(session: Session, shelf: Shelf, until: int) -> set[int]:
    """The fingerprint numbers that were on a shelf as of an entry."""
    last = (
        sa.select(sa.func.max(KnownLogEntry.seq))
        .where(KnownLogEntry.seq <= until)
        .group_by(KnownLogEntry.fingerprint_number)
    )
    there = sa.and_(KnownLogEntry.seq.in_(last), KnownLogEntry.change == PUT_ON[shelf])
    return set(session.scalars(sa.select(KnownLogEntry.fingerprint_number).where(there)))


def changes_between(session: Session, after: int, until: int) -> dict[int, KnownChange]:
    """What became of each fingerprint number within (after, until]: the last entry about it."""
    within = sa.and_(KnownLogEntry.seq > after, KnownLogEntry.seq <= until)
    newest = (
        sa.select(sa.func.max(KnownLogEntry.seq))
        .where(within)
        .group_by(KnownLogEntry.fingerprint_number)
    )
    entries = session.scalars(sa.select(KnownLogEntry).where(KnownLogEntry.seq.in_(newest)))
    return {entry.fingerprint_number: entry.change for entry in entries}


def last_change(session: Session, number: int) -> KnownChange | None:
    """What the last entry about a fingerprint number says; None before the first."""
    last = last_entry(session, number)
    return last.change if last else None


def first_seq(session: Session, numbers: SomeOf[int]) -> int | None:
    """The first entry about any of some fingerprint numbers; None before it."""
    entries = sa.select(sa.func.min(KnownLogEntry.seq))
    return session.scalar(entries.where(KnownLogEntry.fingerprint_number.in_(numbers)))


def last_entry(session: Session, number: int) -> KnownLogEntry | None:
    """The last entry about a fingerprint number; None before the first."""
    entries = sa.select(KnownLogEntry).where(KnownLogEntry.fingerprint_number == number)
    return session.scalar(entries.order_by(KnownLogEntry.seq.desc()).limit(1))
