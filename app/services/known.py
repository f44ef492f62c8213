"""The shelves as a log that the search indexes follow: known material, and uploads.

Every kind of collection makes its members known, `common` too: search has to recognise an ident to
keep it from alerting. So does a purge that keeps the fingerprint, to recognise the item again.
"""

from sqlalchemy.orm import Session

from app import db
from app.db.known import PUT_ON, KnownChange
from app.schemas.enums import Shelf


def shelve(session: Session, media_id: str) -> None:
    """Log on which shelf an item is found from now on, if that has changed.

    Called when the item joins or leaves a collection, when a fingerprint of it is stored, and when
    its record becomes `void` or ceases to be. Only its newest fingerprint is found.
    """
    session.flush()
    # Also keeps a membership and a fingerprint that commit at once from missing each other.
    db.in_commit_order(session)
    shelf = db.shelves.of(session, media_id)
    for place, number in enumerate(db.fingerprints.numbers_of(session, media_id)):
        _put(session, number, shelf if place == 0 else None)
    session.flush()


def forget(session: Session, media_id: str) -> None:
    """Log that an item is not found any more, before it is deleted."""
    db.in_commit_order(session)
    for number in db.fingerprints.numbers_of(session, media_id):
        _put(session, number, None)
    session.flush()


def _put(session: Session, number: int, shelf: Shelf | None) -> None:
    last = db.known.last_change(session, number) or KnownChange.REMOVED
    change = PUT_ON[shelf] if shelf else KnownChange.REMOVED
    if last is not change:
        session.add(db.known.KnownLogEntry(fingerprint_number=number, change=change))
