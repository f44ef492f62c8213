"""How many earlier items an import explains: a figure only once all of them were searched for it."""

from sqlalchemy.orm import Session

from app import db


def retro_matches(session: Session, import_id: str) -> int | None:
    """Earlier items that were found to show what came; None while some were not searched for it."""
    added = db.rechecks.last_added(session, db.import_items.media_of(import_id))
    if db.rechecks.any_behind(session, added) or db.rechecks.any_missed(session, added):
        return None
    return db.import_items.retro_matches(session, import_id)


def is_under_way(session: Session, import_id: str) -> bool:
    """Whether earlier items are being searched for what an import brought.

    Not while all fingerprints are made anew, which takes days: searches wait for that.
    """
    if db.refingerprints.waiting(session):
        return False
    added = db.rechecks.last_added(session, db.import_items.media_of(import_id))
    return db.rechecks.any_behind(session, added)
