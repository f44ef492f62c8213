"""A review that its author takes back: the match waits for a person again, the history keeps both."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.matches import StoredMatch
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.enums import EventType, HistoryAction
from app.services import concluding, events, verifications


def take_back(session: Session, match_id: str, actor: Actor) -> None:
    """Let a match wait for a review again; only its reviewer does that."""
    concluding.refuse_machines(actor)
    seen = _find(session, match_id)
    record = verifications.take(session, seen.query_media_id)
    session.expire(seen)
    match = _find(session, match_id)
    if match.decision is None:
        raise Conflict("Nobody has reviewed this match.")
    if match.decided_by != actor.name:
        raise Forbidden(f"This was said by {match.decided_by}: review it anew instead.")
    before = match.decision
    match.decision = match.decided_by = match.decided_at = None
    details = {
        "match_id": match.id,
        "known_media_id": match.known_media_id,
        "relation": match.relation.value,
        "decision": None,
        "previous": before.value,
    }
    verifications.change(session, record, actor, HistoryAction.MATCH_REVIEWED, details)
    data = {
        "match_id": match.id,
        "known_id": match.known_media_id,
        "decision": None,
        "relation": match.relation,
        "actor_kind": actor.kind,
    }
    events.publish(session, EventType.MATCH_REVIEWED, match.query_media_id, data)


def _find(session: Session, match_id: str) -> StoredMatch:
    match = db.matches.find(session, match_id)
    if match is None:
        raise NotFound("There is no such match.")
    return match
