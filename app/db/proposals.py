"""Changes of status: what was asked, by whom, and what became of it; one may be pending.

A change that takes a second editor is a proposal until it is decided. Every change has its row,
because what was said with it (wording, correction, context) has no other place.
"""

from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.schemas.enums import VerificationStatus
from app.schemas.record_enums import ChangeState


class StatusChange(Table):
    """One wish to change a status; `asked` is the request without its note."""

    __tablename__ = "status_changes"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"), index=True)
    origin: Mapped[VerificationStatus] = mapped_column(stored_enum(VerificationStatus))
    to: Mapped[VerificationStatus] = mapped_column(stored_enum(VerificationStatus))
    asked: Mapped[dict[str, Any]]
    note_id: Mapped[str] = mapped_column(sa.ForeignKey("notes.id"))
    state: Mapped[ChangeState] = mapped_column(stored_enum(ChangeState))
    by_id: Mapped[str]
    by_name: Mapped[str]
    by_role: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    decided_by_id: Mapped[str | None]
    decided_by_name: Mapped[str | None]
    decided_by_role: Mapped[str | None]
    decided_at: Mapped[datetime | None]


def pending(session: Session, media_id: str) -> StatusChange | None:
    """The proposal that waits for an editor, if there is one."""
    statement = sa.select(StatusChange).where(
        StatusChange.media_id == media_id, StatusChange.state == ChangeState.PENDING
    )
    return session.scalar(statement)


def by_ids(session: Session, change_ids: SomeOf[str]) -> dict[str, StatusChange]:
    """Some changes, by id."""
    found = session.scalars(sa.select(StatusChange).where(StatusChange.id.in_(change_ids)))
    return {change.id: change for change in found}
