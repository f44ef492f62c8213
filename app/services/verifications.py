"""The verification record of each item: opened at arrival, changed only through `change`."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.errors import NotFound
from app.schemas.enums import HistoryAction
from app.services import audit, tombstones


def open_for(session: Session, media_id: str, actor: Actor) -> db.verifications.Verification:
    """The new record of an item that has just arrived: `unreviewed`, version 1."""
    record = db.verifications.Verification(media_id=media_id, version=1)
    session.add(record)
    session.flush()
    _write_history(session, record, actor, HistoryAction.OPENED, {})
    return record


def find(session: Session, media_id: str) -> db.verifications.Verification:
    """The record of an item, to read."""
    record = db.verifications.of_media(session, media_id)
    if record is None:
        raise NotFound("There is no such item.")
    return record


def take(session: Session, media_id: str) -> db.verifications.Verification:
    """The record of an item, to change: nobody else changes it before this transaction ends."""
    # Always before the row: who held the row and waited for the order could block each other.
    db.in_commit_order(session)
    record = db.verifications.locked(session, media_id)
    if record is None or db.media.find(session, media_id) is None:
        raise tombstones.missing(session, media_id)
    return record


def change(
    session: Session,
    record: db.verifications.Verification,
    actor: Actor,
    action: HistoryAction,
    details: dict[str, Any],
) -> None:
    """Make the record's next version and its history entry; every change goes through here.

    A note and a match's review make a version like a change of status does, so that nobody
    concludes without having seen them, and so that a record's versions count its history.
    """
    record.version += 1
    record.updated_at = db.now()
    _write_history(session, record, actor, action, details)


def _write_history(
    session: Session,
    record: db.verifications.Verification,
    actor: Actor,
    action: HistoryAction,
    details: dict[str, Any],
) -> None:
    db.in_commit_order(session)
    entry = db.verifications.HistoryEntry(
        media_id=record.media_id,
        at=record.updated_at,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_role=actor.role,
        action=action,
        version=record.version,
        details=details,
    )
    session.add(entry)
    session.flush()
    _audit(session, record, actor, entry)


def _audit(
    session: Session,
    record: db.verifications.Verification,
    actor: Actor,
    entry: db.verifications.HistoryEntry,
) -> None:
    action = f"record.{entry.action}"
    about = entry.media_id
    audit.written(session, actor, action, entry, record, media_id=about)
    # Each of these alone: what a person wrote may have to be erased, the entry above never.
    if entry.action is HistoryAction.STATUS_CHANGED:
        audit.written(session, actor, action, record, media_id=about, kind="wording")
    for row in db.audited.named_in(session, entry.details):
        audit.written(session, actor, action, row, media_id=about)
