"""Taking back what one has just said of a match: the decision before it stands again."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.verifications import HistoryEntry
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.enums import ReviewDecision
from app.schemas.matches import MatchItem, Review
from app.services import matches, verifications

TAKEN_BACK_WITHIN = timedelta(minutes=10)
"""A slip of the hand is noticed at once; a change of mind is another decision."""


def take_back(session: Session, match_id: str, actor: Actor) -> MatchItem:
    """Undo the present decision on a match, if it is `actor`'s own and not older than ten minutes.

    The history keeps both; a note that came with the decision stays.
    """
    record = verifications.take(session, matches.read(session, match_id).query_media_id)
    # What another reviewer, or a new search, left while this one waited for the record.
    session.expire_all()
    match = db.matches.find(session, match_id)
    if match is None:
        raise NotFound("There is no such match.")
    said = _standing(db.verifications.reviews(session, record.media_id, match_id))
    if match.decision is None or not said:
        raise Conflict("Nobody has decided on this match; there is nothing to take back.")
    last, before = said[-1], said[-2] if len(said) > 1 else None
    _check(last, actor, db.now())
    again = Review(decision=None)
    if before is not None:
        decision = ReviewDecision(before.details["decision"])
        again = Review(decision=decision, by=before.actor_name, at=before.at)
    return matches.let_stand(session, record, match, again, actor, taken_back=True)


def undo_until(session: Session, match: MatchItem, actor: Actor) -> datetime | None:
    """Until when `actor` may take back the decision that stands, if they still may."""
    said = _standing(db.verifications.reviews(session, match.query_media_id, match.id))
    if match.review.decision is None or not said or said[-1].actor_id != actor.id:
        return None
    until = said[-1].at + TAKEN_BACK_WITHIN
    return until if until >= db.now() else None


def _standing(entries: list[HistoryEntry]) -> list[HistoryEntry]:
    """The reviews that were not taken back, oldest first; the last one is the present decision."""
    standing: list[HistoryEntry] = []
    for entry in entries:
        if not entry.details.get("taken_back"):
            standing.append(entry)
        elif standing:
            standing.pop()
    return standing


def _check(last: HistoryEntry, actor: Actor, now: datetime) -> None:
    if last.actor_id != actor.id:
        raise Forbidden(f"This is the decision of {last.actor_name}. Set another one instead.")
    if now - last.at > TAKEN_BACK_WITHIN:
        minutes = round(TAKEN_BACK_WITHIN.total_seconds() / 60)
        raise Conflict(
            f"A decision is taken back within {minutes} minutes. Set another one instead."
        )
