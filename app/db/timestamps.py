"""Checkpoints that wait for a time-stamping authority's answer, and how the tries went."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now


class TimestampRequest(Table):
    """One checkpoint's request; it is tried until it is granted, and never given up."""

    __tablename__ = "timestamp_requests"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    error: Mapped[str | None]
    granted_at: Mapped[datetime | None]


def ask(session: Session, number: int) -> None:
    """Queue a checkpoint, unless it is queued."""
    if session.get(TimestampRequest, number) is None:
        session.add(TimestampRequest(number=number))
        session.flush()


def due(session: Session, at: datetime) -> list[int]:
    """The checkpoints whose time for a try has come, oldest first."""
    waiting = sa.and_(TimestampRequest.granted_at.is_(None), TimestampRequest.next_attempt_at <= at)
    statement = sa.select(TimestampRequest.number).where(waiting)
    return list(session.scalars(statement.order_by(TimestampRequest.number)))


def of(session: Session, number: int) -> TimestampRequest | None:
    """The request about one checkpoint, if one was made."""
    return session.get(TimestampRequest, number)
