"""Questions on their way to a worker and back: short-lived rows, gone once the answer is read."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum


class LookupState(StrEnum):
    """Whether there is an answer yet."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Lookup(Table):
    """One question. Its file, if it has one, is named by its id; who asked may read the answer."""

    __tablename__ = "lookups"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    asked_by: Mapped[str]
    question: Mapped[dict[str, Any]]
    state: Mapped[LookupState] = mapped_column(
        stored_enum(LookupState), default=LookupState.WAITING
    )
    answer: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    asked_at: Mapped[datetime] = mapped_column(default=now, index=True)


def find(session: Session, lookup_id: str) -> Lookup | None:
    """The question with this id, if it is not forgotten."""
    return session.get(Lookup, lookup_id)


def count_waiting(session: Session, actor_id: str) -> int:
    """How many questions of somebody have no answer yet."""
    waiting = sa.and_(Lookup.asked_by == actor_id, Lookup.state == LookupState.WAITING)
    return session.scalar(sa.select(sa.func.count()).where(waiting)) or 0


def end(session: Session, lookup_id: str, state: LookupState, answer: dict[str, Any]) -> None:
    """Keep the answer of a question that still waits for one."""
    waiting = sa.and_(Lookup.id == lookup_id, Lookup.state == LookupState.WAITING)
    session.execute(sa.update(Lookup).where(waiting).values(state=state, answer=answer))


def forget(session: Session, lookup_id: str) -> None:
    """Remove a question and its answer."""
    session.execute(sa.delete(Lookup).where(Lookup.id == lookup_id))


def forget_before(session: Session, instant: datetime) -> None:
    """Remove what was asked before."""
    session.execute(sa.delete(Lookup).where(Lookup.asked_at < instant))
