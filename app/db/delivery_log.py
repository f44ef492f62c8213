"""The delivery log: attempts are written down, old entries taken away some at a time."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.db.events import Event
from app.db.webhooks import Delivery, DeliveryAttempt
from app.schemas.enums import DeliveryState, EventType

UNWRITABLE = "What came back cannot be written down."


def record(session: Session, attempts: Sequence[DeliveryAttempt]) -> list[str]:
    """Write attempts down, their deliveries held until the commit; of deleted ones they are dropped.

    Gives the deliveries of those with words that the database refuses: they stand without these.
    """
    ids = {attempt.delivery_id for attempt in attempts}
    held = sa.select(Delivery.id).where(Delivery.id.in_(ids)).order_by(Delivery.id)
    kept = set(session.scalars(held.with_for_update()))
    known = [attempt for attempt in attempts if attempt.delivery_id in kept]
    if _written(session, known):
        return []
    refused = [attempt for attempt in known if not _written(session, [attempt])]
    session.add_all(
        DeliveryAttempt(
            delivery_id=attempt.delivery_id,
            at=attempt.at,
            status_code=attempt.status_code,
            error=UNWRITABLE,
            duration_ms=attempt.duration_ms,
        )
        for attempt in refused
    )
    return [attempt.delivery_id for attempt in refused]


def _written(session: Session, attempts: Sequence[DeliveryAttempt]) -> bool:
    """Whether the database takes all of them; else none is written."""
    try:
        with session.begin_nested():
            session.add_all(attempts)
    except DataError:
        return False
    return True


def drop(session: Session, before: datetime, limit: int) -> tuple[int, bool]:
    """Delete up to `limit` deliveries that arrived before an instant, with their attempts.

    Gives how many, and whether there may be more. Those of a change of status stay, their attempts go.
    """
    old = (
        sa.select(Delivery.id)
        .join(Event, Event.seq == Delivery.event_seq)
        .where(Delivery.state == DeliveryState.DELIVERED, Delivery.settled_at < before)
        .order_by(Delivery.id)
        .limit(limit)
    )
    verdicts = Event.type == EventType.STATUS_CHANGED
    tried = sa.select(DeliveryAttempt.id).where(DeliveryAttempt.delivery_id == Delivery.id).exists()
    stays = session.scalars(old.where(verdicts, tried)).all()
    attempts = sa.delete(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(stays))
    session.execute(attempts)
    goes = session.scalars(old.where(~verdicts).with_for_update(of=Delivery)).all()
    session.execute(sa.delete(Delivery).where(Delivery.id.in_(goes)))
    return len(goes), limit in {len(goes), len(stays)}
