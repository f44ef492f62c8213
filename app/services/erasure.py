"""Erase what one note said, when somebody has the right to it: the text goes, that there was one stays."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.purge_list import PurgeList
from app.db.erasures import NoteErasure
from app.db.verifications import Note
from app.errors import Conflict, NotFound
from app.schemas.enums import HistoryAction
from app.schemas.purging import ErasureRequest
from app.services import audit, holds, verifications


def erase_note(
    session: Session,
    listed: PurgeList,
    note_id: str,
    wanted: ErasureRequest,
    actor: Actor,
    *,
    media_id: str,
) -> NoteErasure:
    """Take a note's text out of the note, the search text, the audit payloads and kept answers.

    It is put on the list at last, before the caller commits: rather listed than forgotten.
    """
    record = verifications.take(session, media_id)
    holds.refuse_if_held(session, media_id)
    note = session.get(Note, note_id)
    if note is None or note.media_id != media_id:
        raise NotFound("There is no such note.")
    if not stands(session, note_id):
        raise Conflict("This note was erased before.")
    text, note.text = note.text, ""
    erasure = NoteErasure(
        note_id=note_id,
        by_id=actor.id,
        by_name=actor.name,
        authority=wanted.authority,
        reason=wanted.reason,
    )
    session.add(erasure)
    session.flush()
    db.media_lists.forget_text(session, db.media.shell(session, media_id), text)
    db.idempotency.empty_naming(session, note_id)
    audit.erase(session, actor, wanted.authority.value, subject=audit.Subject("note", note_id))
    details = {"note_id": note_id, "authority": wanted.authority.value}
    verifications.change(session, record, actor, HistoryAction.NOTE_ERASED, details)
    listed.append(_line(erasure, media_id))
    return erasure


def stands(session: Session, note_id: str) -> bool:
    """Whether there is such a note, with its text."""
    there = session.get(Note, note_id) is not None
    return there and not db.erasures.of_notes(session, [note_id])


def _line(erasure: NoteErasure, media_id: str) -> dict[str, Any]:
    """What is needed to do this again in a database that does not know of it."""
    return {
        "kind": "note",
        "media_id": media_id,
        "note_id": erasure.note_id,
        "at": erasure.at.isoformat(),
        "authority": erasure.authority.value,
        "reason": erasure.reason,
    }
