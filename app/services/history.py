"""What happened to a record, with the texts that its entries name."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.verifications import HistoryEntry
from app.schemas.fields import ActingPerson
from app.schemas.page import Page
from app.schemas.verifications import HistoryItem
from app.services import notes, protection, verifications


def read(
    session: Session, media_id: str, actor: Actor, limit: int, cursor: str | None
) -> Page[HistoryItem]:
    """One page of what happened to a record, oldest first; notes only if `actor` may read them."""
    verifications.find(session, media_id)
    page = db.verifications.history_page(session, media_id, limit, cursor)
    reader = notes.reader(actor)
    found = db.verifications.notes_by_ids(session, _named(page.items, "note_id"))
    texts = {note.id: note.text for note in found.values() if reader.may_read(note)}
    protected = protection.read(session, media_id, actor)
    changes = db.proposals.by_ids(session, _named(page.items, "change_id"))
    items = [
        HistoryItem(
            version=entry.version,
            at=entry.at,
            actor=ActingPerson(id=entry.actor_id, name=entry.actor_name, role=entry.actor_role),
            action=entry.action,
            details=entry.details,
            note=texts.get(entry.details.get("note_id", "")),
            said=protected.of_asked(changes[change].asked)
            if (change := entry.details.get("change_id"))
            else None,
        )
        for entry in page.items
    ]
    return Page(items=items, next=page.next)


def _named(entries: list[HistoryEntry], name: str) -> set[str]:
    return {entry.details[name] for entry in entries if entry.details.get(name)}
