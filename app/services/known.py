"""Known material: what is in a collection and has a fingerprint, as a log that search follows.

Every kind of collection makes its members known, `common` too: search has to recognise an ident to
keep it from alerting. So does a purge that keeps the fingerprint, to recognise the item again.
"""

from sqlalchemy.orm import Session

from app import db
from app.db.known import KnownChange


def sync_known(session: Session, media_id: str) -> None:
    """Log what changed about an item being known.

    Called when the item joins or leaves a collection and when a fingerprint of it is stored. Only
    its newest fingerprint is known.
    """
    session.flush()
    # Also keeps a membership and a fingerprint that commit at once from missing each other.
    db.in_commit_order(session)
    numbers = db.fingerprints.numbers_of(session, media_id)
    recognised = db.tombstones.recognised(session, [media_id])
    is_known = recognised or db.collections.is_member_of_any(session, media_id)
    wanted = numbers[:1] if is_known else []
    for number in numbers:
        _log(session, number, known=number in wanted)
    session.flush()


def forget(session: Session, media_id: str) -> None:
    """Log that an item is no longer known, before it is deleted."""
    db.in_commit_order(session)
    for number in db.fingerprints.numbers_of(session, media_id):
        _log(session, number, known=False)
    session.flush()


def _log(session: Session, number: int, *, known: bool) -> None:
    if db.known.is_known(session, number) is not known:
        change = KnownChange.ADDED if known else KnownChange.REMOVED
        session.add(db.known.KnownLogEntry(fingerprint_number=number, change=change))
