"""The event feed: what happened, in commit order."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import NEVER_REUSED, Sequence, Table, new_id, now, stored_enum
from app.schemas.enums import EventType


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
