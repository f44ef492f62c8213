"""Notes on a record: written once, corrected only by a note that supersedes them."""

import re

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.verifications import Note, NoteReader, Verification
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.notes import NewNote, NoteItem
from app.schemas.page import Page
from app.schemas.record_enums import NoteVisibility
from app.services import concluding, events, verifications

_SEEN_WITH = {
    NoteVisibility.DESK: frozenset(Scope),
    NoteVisibility.VERIFIERS: frozenset(
        {Scope.RECORD_WRITE, Scope.RECORD_APPROVE, Scope.AUDIT_READ}
    ),
    NoteVisibility.EDITORS: frozenset({Scope.RECORD_APPROVE, Scope.AUDIT_READ}),
}
"""Any one of these scopes lets a key read notes of that visibility."""


def reader(actor: Actor) -> NoteReader:
    """Which notes `actor` may read besides their own."""
    sees = frozenset(each for each, scopes in _SEEN_WITH.items() if scopes & actor.scopes)
    return NoteReader(actor.id, sees)


def write(
    session: Session,
    media_id: str,
    text: str,
    actor: Actor,
    visibility: NoteVisibility = NoteVisibility.DESK,
) -> Note:
    """A note, as a part of a change that the caller puts into the history."""
    note = Note(
        media_id=media_id,
        text=text,
        author_id=actor.id,
        author_name=actor.name,
        visibility=visibility,
        mentions=_mentioned(session, text),
    )
    session.add(note)
    session.flush()
    item = db.media.find(session, media_id)
    # Whoever may not read a note must not find its words either.
    if item is not None and visibility is NoteVisibility.DESK:
        db.media_lists.make_findable(item, text)
    return note


def add(session: Session, record: Verification, wanted: NewNote, actor: Actor) -> NoteItem:
    """A person's note of its own: history entry and event, the event without the text."""
    concluding.refuse_machines(actor)
    return _added(session, record, wanted, actor)


def brought(session: Session, record: Verification, text: str, actor: Actor) -> None:
    """Add what was said beside a file, by whomever or whatever brought it."""
    # Checked where it was said; what an importer says beside it may make it longer.
    _added(session, record, NewNote.model_construct(text=text), actor)


def _added(session: Session, record: Verification, wanted: NewNote, actor: Actor) -> NoteItem:
    visibility = NoteVisibility.DESK
    if wanted.supersedes_id is not None:
        visibility = _superseded(session, record.media_id, wanted.supersedes_id, actor).visibility
    note = write(session, record.media_id, wanted.text, actor, wanted.visibility or visibility)
    note.supersedes_id = wanted.supersedes_id
    details = {
        "note_id": note.id,
        "supersedes_id": note.supersedes_id,
        "visibility": note.visibility.value,
        "mentions": note.mentions,
    }
    verifications.change(session, record, actor, HistoryAction.NOTE_ADDED, details)
    data = {
        "note_id": note.id,
        "visibility": note.visibility,
        "mentions": note.mentions,
        "actor_kind": actor.kind,
    }
    events.publish(session, EventType.NOTE_ADDED, record.media_id, data)
    return _items(session, [note])[0]


def read(
    session: Session, media_id: str, actor: Actor, limit: int, cursor: str | None
) -> Page[NoteItem]:
    """A record's notes for `actor`, oldest first; superseded ones stay and say by what."""
    verifications.find(session, media_id)
    page = db.verifications.notes_page(session, media_id, reader(actor), limit, cursor)
    return Page(items=_items(session, page.items), next=page.next)


def newest(
    session: Session, media_id: str, actor: Actor, limit: int
) -> tuple[list[NoteItem], bool]:
    """The last notes for `actor`, oldest of them first, and whether there are earlier ones."""
    page = db.verifications.newest_notes(session, media_id, reader(actor), limit)
    return _items(session, page.items[::-1]), page.next is not None


def _mentioned(session: Session, text: str) -> list[str]:
    """The ids of the keys whose holders a text names as `@name`, whatever the letters' case."""
    if "@" not in text:
        return []
    holders = db.actors.holders(session)
    longest_first = sorted(set(holders.values()), key=len, reverse=True)
    names = "|".join(re.escape(name) for name in longest_first)
    found = re.findall(rf"(?<!\w)@({names})(?!\w)", text, re.IGNORECASE) if names else []
    named = {name.casefold() for name in found}
    return sorted(key_id for key_id, name in holders.items() if name.casefold() in named)


def _superseded(session: Session, media_id: str, old_id: str, actor: Actor) -> Note:
    old = session.get(Note, old_id)
    if old is None or not reader(actor).may_read(old):
        raise NotFound("There is no such note to supersede.", supersedes_id=old_id)
    if old.media_id != media_id:
        raise Unprocessable("A note supersedes one of its own record.", supersedes_id=old_id)
    if old.author_id != actor.id and Scope.RECORD_WRITE not in actor.scopes:
        raise Forbidden("Another's note is superseded by a verifier.", scope=Scope.RECORD_WRITE)
    newer = db.verifications.superseders(session, [old_id])
    if newer:
        detail = "This note was superseded already; supersede its newest version."
        raise Conflict(detail, superseded_by=newer[old_id])
    return old


def _items(session: Session, notes: list[Note]) -> list[NoteItem]:
    newer = db.verifications.superseders(session, [note.id for note in notes])
    erased = db.erasures.of_notes(session, [note.id for note in notes])
    named = db.actors.names(session, {each for note in notes for each in note.mentions})
    return [
        NoteItem(
            id=note.id,
            media_id=note.media_id,
            text=note.text,
            visibility=note.visibility,
            mentions=[Person(id=each, name=named.get(each, each)) for each in note.mentions],
            author=Person(id=note.author_id, name=note.author_name),
            created_at=note.created_at,
            supersedes_id=note.supersedes_id,
            superseded_by=newer.get(note.id),
            erased_at=erased[note.id].at if note.id in erased else None,
        )
        for note in notes
    ]
