"""Notes on a record: written once, corrected only by a note that supersedes them."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.page import Page
from app.schemas.verifications import NewNote, NoteItem
from app.services import events, verifications


def write(session: Session, media_id: str, text: str, actor: Actor) -> db.verifications.Note:
    """A note, as a part of a change that the caller puts into the history."""
    note = db.verifications.Note(
        media_id=media_id, text=text, author_id=actor.id, author_name=actor.name
    )
    session.add(note)
    session.flush()
    item = db.media.find(session, media_id)
    if item is not None:
        db.media_lists.make_findable(item, text)
    return note


def add(
    session: Session, record: db.verifications.Verification, wanted: NewNote, actor: Actor
) -> NoteItem:
    """A note of its own: history entry and event, the event without the text."""
    if wanted.supersedes_id is not None:
        _check_superseding(session, record.media_id, wanted.supersedes_id, actor)
    note = write(session, record.media_id, wanted.text, actor)
    note.supersedes_id = wanted.supersedes_id
    details = {"note_id": note.id, "supersedes_id": note.supersedes_id}
    verifications.change(session, record, actor, HistoryAction.NOTE_ADDED, details)
    data = {"note_id": note.id, "actor_kind": actor.kind}
    events.publish(session, EventType.NOTE_ADDED, record.media_id, data)
    return _item(note, superseded_by=None)


def read(session: Session, media_id: str, limit: int, cursor: str | None) -> Page[NoteItem]:
    """A record's notes, oldest first; superseded ones stay and say by what."""
    verifications.find(session, media_id)
    page = db.verifications.notes_page(session, media_id, limit, cursor)
    newer = db.verifications.superseders(session, [note.id for note in page.items])
    return Page(items=[_item(note, newer.get(note.id)) for note in page.items], next=page.next)


def _check_superseding(session: Session, media_id: str, old_id: str, actor: Actor) -> None:
    old = session.get(db.verifications.Note, old_id)
    if old is None:
        raise NotFound("There is no such note to supersede.", supersedes_id=old_id)
    if old.media_id != media_id:
        raise Unprocessable("A note supersedes one of its own record.", supersedes_id=old_id)
    if old.author_id != actor.id and Scope.RECORD_WRITE not in actor.scopes:
        raise Forbidden("Another's note is superseded by a verifier.", scope=Scope.RECORD_WRITE)
    newer = db.verifications.superseders(session, [old_id])
    if newer:
        detail = "This note was superseded already; supersede its newest version."
        raise Conflict(detail, superseded_by=newer[old_id])


def _item(note: db.verifications.Note, superseded_by: str | None) -> NoteItem:
    return NoteItem(
        id=note.id,
        media_id=note.media_id,
        text=note.text,
        author=Person(id=note.author_id, name=note.author_name),
        created_at=note.created_at,
        supersedes_id=note.supersedes_id,
        superseded_by=superseded_by,
    )
