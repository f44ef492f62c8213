"""Answers kept under an Idempotency-Key, so that a repeated request changes nothing twice."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now


class KeptAnswer(Table):
    """The answer to one keyed request, written in the transaction that did the work."""

    __tablename__ = "idempotency"

    key: Mapped[str] = mapped_column(primary_key=True)
    principal: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[str] = mapped_column(sa.String(64))
    status_code: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


def find(session: Session, key: str, principal: str, route: str) -> KeptAnswer | None:
    """The answer kept under this key, if there is one."""
    return session.get(KeptAnswer, (key, principal, route))


def empty_naming(session: Session, subject_id: str) -> None:
    """Empty the answers that name something by its id: they may repeat what people wrote of it.

    They stay, so that a request that is sent again still changes nothing. Answers about a purge or an
    erasure repeat nothing.
    """
    named = sa.cast(KeptAnswer.body, sa.Text).contains(subject_id, autoescape=True)
    proof = sa.or_(KeptAnswer.route.endswith("/purge"), KeptAnswer.route.endswith("/erasure"))
    emptied = (
        sa.update(KeptAnswer).where(named, ~proof).values(body={"id": subject_id, "erased": True})
    )
    session.execute(emptied.execution_options(synchronize_session=False))


def forget_before(session: Session, instant: datetime) -> None:
    """Drop the answers that are older than `instant`."""
    session.execute(sa.delete(KeptAnswer).where(KeptAnswer.created_at < instant))
