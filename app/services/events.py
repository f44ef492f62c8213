"""Tell the world: an event, and its deliveries, written with the change that caused it."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.schemas.enums import EventType


def publish(
    session: Session, kind: EventType, media_id: str | None, data: dict[str, Any]
) -> db.events.Event:
    """Record one event in the caller's transaction, with a delivery for each endpoint that wants it."""
    db.in_commit_order(session)
    event = db.events.Event(type=kind, media_id=media_id, data=data)
    session.add(event)
    session.flush()
    return event
