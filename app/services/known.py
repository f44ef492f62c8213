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

    Called when the item joins or leaves a collection, when a fingerprint of it is stored, when its
    record becomes `void` or ceases to be, and when it fails or is purged: what is known, and is not
    searched itself, is searched for by all that was known before. Only its newest fingerprint is found.
    """
    session.flush()
    # Also keeps a membership and a fingerprint that commit at once from missing each other.
    db.in_commit_order(session)
    shelf = db.shelves.of(session, media_id)
    numbers = enumerate(db.fingerprints.numbers_of(session, media_id))
    moved = [_put(session, number, shelf if place == 0 else None) for place, number in numbers]
    session.flush()
    if any(moved):
        db.searches.unsettle(session, media_id, db.known.last_seq(session))
    since = known_since(session, media_id)
    if since is not None and db.rechecks.leaves_it_to_others(session, media_id):
        db.searches.unsettle_before(session, since)


def known_since(session: Session, media_id: str) -> int | None:
    """The entry by which an item became known as it is; None where it is not."""
    numbers = db.fingerprints.numbers_of(session, media_id)
    last = db.known.last_entry(session, numbers[0]) if numbers else None
    return last.seq if last is not None and last.change is KnownChange.ADDED else None


def is_settled(session: Session, media_id: str, as_of_seq: int) -> bool:
    """Say whether a search up to an entry leaves nothing for later ones: see `db.searches`."""
    since = known_since(session, media_id)
    return since is not None and since <= as_of_seq


def forget(session: Session, media_id: str) -> None:
    """Log that an item is not found any more, before it is deleted."""
    db.in_commit_order(session)
    for number in db.fingerprints.numbers_of(session, media_id):
        _put(session, number, None)
    session.flush()


def _put(session: Session, number: int, shelf: Shelf | None) -> bool:
    """Log a change, if it is one; says whether."""
    last = db.known.last_change(session, number) or KnownChange.REMOVED
    change = PUT_ON[shelf] if shelf else KnownChange.REMOVED
    if last is not change:
        session.add(db.known.KnownLogEntry(fingerprint_number=number, change=change))
    return last is not change
