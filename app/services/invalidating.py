"""Matches that lost the item that they were with: they stay on the record, and say so."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.matches import ALERTING, StoredMatch
from app.schemas.enums import EventType, HistoryAction
from app.services import events, verifications

KNOWN_ITEM_PURGED = "known_item_purged"


def of_known(session: Session, media_id: str, actor: Actor) -> None:
    """Mark every match with a purged known item; who was alerted to one, or judged it, is told."""
    for match in db.matches.standing_with(session, media_id):
        match.invalidated_at = db.now()
        session.flush()
        if match.decision is not None or match.grade in ALERTING:
            _tell(session, match, actor)


def _tell(session: Session, match: StoredMatch, actor: Actor) -> None:
    record = verifications.take(session, match.query_media_id)
    told = {
        "match_id": match.id,
        "known_id": match.known_media_id,
        "reason": KNOWN_ITEM_PURGED,
    }
    verifications.change(session, record, actor, HistoryAction.MATCH_INVALIDATED, told)
    data = {**told, "actor_kind": actor.kind}
    events.publish(session, EventType.MATCH_INVALIDATED, match.query_media_id, data)
