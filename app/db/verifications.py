"""Verification records, their notes, and the history of every change."""

from collections.abc import Collection as SomeOf
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from app.db.base import NEVER_REUSED, Sequence, Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.enums import HistoryAction, ReasonCode, VerificationStatus
from app.schemas.record_enums import Approval, NoteVisibility, PublicationState, RightsState


class Verification(Table):
    """One item's record; `version` grows with every change and is its ETag.

    Status, rights and publication are axes of their own. `has_conflict` follows from what sources
    say; the texts came with the status and leave with it.
    """

    __tablename__ = "verifications"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    status: Mapped[VerificationStatus] = mapped_column(
        stored_enum(VerificationStatus), default=VerificationStatus.UNREVIEWED, index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    assignee: Mapped[str | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    public_wording: Mapped[str | None]
    missing: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason_code: Mapped[ReasonCode | None] = mapped_column(stored_enum(ReasonCode))
    duplicate_of: Mapped[str | None]
    correction_text: Mapped[str | None] = mapped_column(sa.Text)
    authenticity_codes: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    original_context: Mapped[str | None] = mapped_column(sa.Text)
    evidence: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    conflict_note: Mapped[str | None] = mapped_column(sa.Text)
    approved_by: Mapped[Approval | None] = mapped_column(stored_enum(Approval))
    has_conflict: Mapped[bool] = mapped_column(default=False)
    rights: Mapped[RightsState] = mapped_column(
        stored_enum(RightsState), default=RightsState.UNKNOWN
    )
    publication: Mapped[PublicationState] = mapped_column(
        stored_enum(PublicationState), default=PublicationState.PRIVATE
    )
    opened_at: Mapped[datetime] = mapped_column(default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Note(Table):
    """What somebody wrote; never changed, only superseded by a newer note.

    `mentions` holds the ids of the keys whose holders the text names.
    """

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[str]
    author_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    visibility: Mapped[NoteVisibility] = mapped_column(
        stored_enum(NoteVisibility), default=NoteVisibility.DESK
    )
    mentions: Mapped[list[str]] = mapped_column(default=list)
    supersedes_id: Mapped[str | None] = mapped_column(sa.ForeignKey("notes.id"), unique=True)


class HistoryEntry(Table):
    """One change of one record: who did what, when, and the version it made."""

    __tablename__ = "history"
    __table_args__ = (sa.UniqueConstraint("media_id", "version"), NEVER_REUSED)

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"))
    at: Mapped[datetime] = mapped_column(default=now)
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    action: Mapped[HistoryAction] = mapped_column(stored_enum(HistoryAction))
    version: Mapped[int]
    details: Mapped[dict[str, Any]]


def of_media(session: Session, media_id: str) -> Verification | None:
    """The record of one item."""
    return session.get(Verification, media_id)


def is_at(
    media_id: InstrumentedAttribute[str], status: VerificationStatus
) -> sa.ColumnElement[bool]:
    """SQL condition: an item's record is at a status.

    Asked of each item: PostgreSQL goes through a long list of all that are anew for each.
    """
    record = aliased(Verification)
    return sa.exists().where(record.media_id == media_id, record.status == status)


def locked(session: Session, media_id: str) -> Verification | None:
    """The record of one item as committed now, held until the caller's transaction ends."""
    return session.get(Verification, media_id, with_for_update=True, populate_existing=True)


@dataclass(frozen=True, slots=True)
class NoteReader:
    """Whose notes somebody may read: their own, and those of some visibilities."""

    id: str
    sees: frozenset[NoteVisibility]

    def may_read(self, note: Note) -> bool:
        """Whether one note is for this reader."""
        return note.author_id == self.id or note.visibility in self.sees


def notes_page(
    session: Session, media_id: str, reader: NoteReader, limit: int, cursor: str | None
) -> Paged[Note]:
    """One page of a record's notes that `reader` may read, superseded ones too, oldest first."""
    statement = _notes(media_id, reader).order_by(Note.created_at, Note.id)
    return paged(session, statement, limit, cursor)


def newest_notes(session: Session, media_id: str, reader: NoteReader, limit: int) -> Paged[Note]:
    """The newest notes of a record that `reader` may read, superseded ones too, newest first."""
    statement = _notes(media_id, reader).order_by(Note.created_at.desc(), Note.id.desc())
    return paged(session, statement, limit, None)


def _notes(media_id: str, reader: NoteReader) -> sa.Select[Note]:
    may_read = sa.or_(Note.author_id == reader.id, Note.visibility.in_(reader.sees))
    return sa.select(Note).where(Note.media_id == media_id, may_read)


def superseders(session: Session, note_ids: SomeOf[str]) -> dict[str, str]:
    """Which of some notes were superseded, and by which note."""
    newer = sa.select(Note.supersedes_id, Note.id).where(Note.supersedes_id.in_(note_ids))
    return {old: new for old, new in session.execute(newer) if old}


def notes_by_ids(session: Session, note_ids: SomeOf[str]) -> dict[str, Note]:
    """Some notes, by id."""
    return {note.id: note for note in session.scalars(sa.select(Note).where(Note.id.in_(note_ids)))}


def history_page(
    session: Session, media_id: str, limit: int, cursor: str | None
) -> Paged[HistoryEntry]:
    """One page of a record's history, oldest first."""
    statement = sa.select(HistoryEntry).where(HistoryEntry.media_id == media_id)
    return paged(session, statement.order_by(HistoryEntry.version), limit, cursor)


def reviews(session: Session, media_id: str, match_id: str) -> list[HistoryEntry]:
    """What a record's history says of the reviews of one match, oldest first."""
    statement = sa.select(HistoryEntry).where(
        HistoryEntry.media_id == media_id,
        HistoryEntry.action == HistoryAction.MATCH_REVIEWED,
    )
    found = session.scalars(statement.order_by(HistoryEntry.version))
    return [entry for entry in found if entry.details.get("match_id") == match_id]
