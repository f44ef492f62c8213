"""The event feed: what happened, in commit order."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import sensitivity
from app.db.base import NEVER_REUSED, Sequence, Table, new_id, now, stored_enum
from app.schemas.enums import EventType
from app.schemas.privacy_enums import SensitivityFlag


class Event(Table):
    """One thing that happened; `seq` is drawn in commit order (`session.in_commit_order`)."""

    __tablename__ = "events"
    __table_args__ = NEVER_REUSED

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True, default=new_id)
    type: Mapped[EventType] = mapped_column(stored_enum(EventType))
    media_id: Mapped[str | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


def after(
    session: Session, seq: int, limit: int, kind: EventType | None, media_id: str | None
) -> list[Event]:
    """Events with a higher number than `seq`, in order."""
    statement = sa.select(Event).where(Event.seq > seq)
    if kind is not None:
        statement = statement.where(Event.type == kind)
    if media_id is not None:
        statement = statement.where(Event.media_id == media_id)
    return list(session.scalars(statement.order_by(Event.seq).limit(limit)))


def by_id(session: Session, event_id: str) -> Event | None:
    """The event with this id, if there is one."""
    return session.scalar(sa.select(Event).where(Event.id == event_id))


def flags_of(session: Session, events: Collection[Event]) -> dict[int, frozenset[SensitivityFlag]]:
    """The flags of the items that some events are about, by the events' numbers."""
    about = {event.seq: items_of(event) for event in events}
    flags = sensitivity.flags_of(session, {each for items in about.values() for each in items})
    return {
        seq: frozenset(flag for each in items for flag in flags.get(each, ()))
        for seq, items in about.items()
    }


def last_seq(session: Session) -> int:
    """The number of the newest event, 0 when there is none."""
    return session.scalar(sa.select(sa.func.max(Event.seq))) or 0


def items_of(event: Event) -> set[str]:
    """The items that an event names: its own, and the known one of a match."""
    named = (event.media_id, event.data.get("known_id"), event.data.get("older_media_id"))
    return {each for each in named if each}
