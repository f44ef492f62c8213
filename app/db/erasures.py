"""Notes whose text was erased: the row stays, and says when, by whom, on what authority and why."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now, stored_enum
from app.schemas.privacy_enums import PurgeAuthority


class NoteErasure(Table):
    """That one note's text was erased."""

    __tablename__ = "note_erasures"

    note_id: Mapped[str] = mapped_column(sa.ForeignKey("notes.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[str]
    by_name: Mapped[str]
    authority: Mapped[PurgeAuthority] = mapped_column(stored_enum(PurgeAuthority))
    reason: Mapped[str] = mapped_column(sa.Text)


def of_notes(session: Session, note_ids: SomeOf[str]) -> dict[str, NoteErasure]:
    """The erasures of some notes, by note; one that stands is not among the keys."""
    found = session.scalars(sa.select(NoteErasure).where(NoteErasure.note_id.in_(note_ids)))
    return {erasure.note_id: erasure for erasure in found}
