"""Signals: that an item is like a listed hash. Leads for people, never matches, never statuses."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.exchange.listed_hashes import HashKind
from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged


class Signal(Table):
    """One item and one entry of one list: of the entry's hashes the nearest."""

    __tablename__ = "signals"
    __table_args__ = (
        sa.UniqueConstraint("media_id", "list_id", "kind", "entry"),
        sa.Index("ix_signals_list_id_entry", "list_id", "entry"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"))
    list_id: Mapped[str] = mapped_column(sa.ForeignKey("hash_lists.id"))
    kind: Mapped[HashKind] = mapped_column(stored_enum(HashKind))
    entry: Mapped[str]
    number: Mapped[int] = mapped_column(sa.BigInteger)
    label: Mapped[str | None]
    distance: Mapped[int | None]
    query_share: Mapped[float | None]
    listed_share: Mapped[float | None]
    query_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    found_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


def record(session: Session, found: Signal) -> Signal | None:
    """Keep a signal, once; gives the row if it is new or came back after it was withdrawn."""
    same = sa.and_(
        Signal.media_id == found.media_id,
        Signal.list_id == found.list_id,
        Signal.kind == found.kind,
        Signal.entry == found.entry,
    )
    kept = session.scalar(sa.select(Signal).where(same))
    if kept is None:
        session.add(found)
        session.flush()
        return found
    told = kept.withdrawn_at is not None
    kept.withdrawn_at, kept.number, kept.label = None, found.number, found.label
    kept.distance, kept.query_ms = found.distance, found.query_ms
    kept.query_share, kept.listed_share = found.query_share, found.listed_share
    return kept if told else None


def page(session: Session, media_id: str, limit: int, cursor: str | None) -> Paged[Signal]:
    """One page of an item's signals, the newest first; withdrawn ones too."""
    mine = sa.select(Signal).where(Signal.media_id == media_id)
    newest = mine.order_by(Signal.found_at.desc(), Signal.id)
    return paged(session, newest, limit, cursor)


def withdraw(session: Session, list_id: str, entries: SomeOf[str]) -> int:
    """Mark the signals of entries that their list took back; how many."""
    if not entries:
        return 0
    standing = sa.and_(
        Signal.list_id == list_id, Signal.entry.in_(entries), Signal.withdrawn_at.is_(None)
    )
    count = session.scalar(sa.select(sa.func.count()).select_from(Signal).where(standing)) or 0
    session.execute(sa.update(Signal).where(standing).values(withdrawn_at=now()))
    return count


def count_between(session: Session, list_id: str, after: int, until: int) -> int:
    """How many items are like hashes of a list with these numbers."""
    within = sa.and_(Signal.list_id == list_id, Signal.number > after, Signal.number <= until)
    found = sa.select(sa.func.count(sa.distinct(Signal.media_id))).where(within)
    return session.scalar(found) or 0
