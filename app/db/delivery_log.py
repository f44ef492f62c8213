"""Old entries of the delivery log, taken away some at a time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.events import Event
from app.db.webhooks import Delivery, DeliveryAttempt
from app.schemas.enums import DeliveryState, EventType


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
