"""Deliveries put in the queue again, many at once: due in the order of their events, and paced."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.events import Event
from app.db.webhooks import Delivery
from app.schemas.enums import DeliveryState, EventType
from app.schemas.events import URGENT

AT_ONCE, EVERY = 100, timedelta(seconds=5)
"""Twenty a second to one endpoint, so that what came back is not pushed over again."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Deliveries of one endpoint: in a state, of events in a time and of some types, or of all."""

    endpoint_id: str
    state: DeliveryState
    since: datetime | None = None
    until: datetime | None = None
    types: tuple[EventType, ...] = ()


def requeue(session: Session, chosen: Chosen, at: datetime) -> int:
    """Make deliveries due from `at` on, their schedules started anew; gives how many.

    What is urgent goes first. What a sender holds or would take by now is left to it.
    """
    rank = sa.case((Event.type.in_(URGENT), 0), else_=1)
    statement = sa.select(Delivery.id, rank.label("rank"), Delivery.event_seq)
    statement = statement.join(Event, Event.seq == Delivery.event_seq)
    statement = statement.where(
        Delivery.endpoint_id == chosen.endpoint_id,
        Delivery.state == chosen.state,
        Delivery.leased_by.is_(None),
        sa.or_(Delivery.state != DeliveryState.PENDING, Delivery.next_attempt_at > at),
        *([Event.at >= chosen.since] if chosen.since else []),
        *([Event.at < chosen.until] if chosen.until else []),
        *([Event.type.in_(chosen.types)] if chosen.types else []),
    )
    # Locked in the order of their ids, as everybody locks them, so that no two wait for each other.
    locked = session.execute(statement.order_by(Delivery.id).with_for_update(of=Delivery))
    found = [row.id for row in sorted(locked, key=lambda row: (row.rank, row.event_seq))]
    for number, ids in enumerate(batched(found, AT_ONCE)):
        session.execute(
            sa.update(Delivery)
            .where(Delivery.id.in_(ids))
            .values(
                state=DeliveryState.PENDING,
                attempts=0,
                next_attempt_at=at + number * EVERY,
                leased_by=None,
                settled_at=None,
            )
            .execution_options(synchronize_session=False)
        )
    return len(found)


def bring_forward(session: Session, until: datetime) -> int:
    """Make what was never tried, or is leased, due by `until` at the latest; gives how many deliveries.

    Nothing else promises them for later than a lease lasts but a clock that was set back since.
    """
    statement = sa.select(Delivery.id).where(
        Delivery.state == DeliveryState.PENDING,
        Delivery.next_attempt_at > until,
        sa.or_(Delivery.attempts == 0, Delivery.leased_by.is_not(None)),
    )
    found = session.scalars(statement.order_by(Delivery.id).with_for_update()).all()
    for ids in batched(found, AT_ONCE):
        due = sa.update(Delivery).where(Delivery.id.in_(ids)).values(next_attempt_at=until)
        session.execute(due.execution_options(synchronize_session=False))
    return len(found)
