"""Endpoints that do not answer: since when, whether anybody was told, and what waits for them."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.webhooks import Delivery, WebhookEndpoint
from app.schemas.enums import DeliveryState, EndpointState


class Receiver(NamedTuple):
    """An endpoint under one URL; what another URL answered says nothing of it."""

    endpoint_id: str
    url: str


def note_failures(session: Session, receiver: Receiver, count: int, at: datetime) -> None:
    """Count failures of an endpoint that still has this URL; the first in a row begins its outage."""
    since = sa.func.coalesce(WebhookEndpoint.failing_since, at)
    session.execute(
        sa.update(WebhookEndpoint)
        .where(_still(receiver))
        .values(failing_since=since, failures=WebhookEndpoint.failures + count)
        .execution_options(synchronize_session=False)
    )


def note_success(session: Session, receiver: Receiver) -> None:
    """End the outage, if there is one, of an endpoint that still has this URL."""
    session.execute(
        sa.update(WebhookEndpoint)
        .where(_still(receiver), WebhookEndpoint.failing_since.is_not(None))
        .values(failing_since=None, failures=0)
        .execution_options(synchronize_session=False)
    )


def to_tell_of(session: Session, failing_before: datetime) -> list[str]:
    """The endpoints of whose outage, begun before an instant, or of whose return nobody was told yet."""
    failing = WebhookEndpoint.failing_since
    begun = sa.and_(failing <= failing_before, WebhookEndpoint.told_at.is_(None))
    over = sa.and_(failing.is_(None), WebhookEndpoint.told_at.is_not(None))
    statement = sa.select(WebhookEndpoint.id).where(
        WebhookEndpoint.state == EndpointState.ENABLED, sa.or_(begun, over)
    )
    return list(session.scalars(statement))


def failing_since(
    session: Session, receivers: SomeOf[Receiver], before: datetime
) -> list[Receiver]:
    """Those of some receivers whose outage began before an instant."""
    ids = {receiver.endpoint_id for receiver in receivers}
    statement = sa.select(WebhookEndpoint.id, WebhookEndpoint.url).where(
        WebhookEndpoint.id.in_(ids), WebhookEndpoint.failing_since <= before
    )
    failing = {Receiver(row.id, row.url) for row in session.execute(statement)}
    return [receiver for receiver in receivers if receiver in failing]


def locked(session: Session, endpoint_id: str) -> WebhookEndpoint | None:
    """An enabled endpoint as it is now, kept from others until the commit with what waits for it."""
    # Deliveries by their ids, then their endpoint, as senders lock them: neither waits for the other.
    waiting = sa.select(Delivery.id).where(_waits_for(endpoint_id)).order_by(Delivery.id)
    session.execute(waiting.with_for_update())
    found = session.get(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.state is EndpointState.ENABLED else None


def next_try_at(session: Session, endpoint_id: str) -> datetime | None:
    """When an endpoint is tried next, if something waits for it."""
    earliest = sa.select(sa.func.min(Delivery.next_attempt_at))
    return session.scalar(
        earliest.where(
            Delivery.endpoint_id == endpoint_id,
            Delivery.state == DeliveryState.PENDING,
        )
    )


def undelivered(session: Session, endpoint_id: str) -> int:
    """How many deliveries to an endpoint wait or were given up."""
    count = sa.select(sa.func.count()).where(
        Delivery.endpoint_id == endpoint_id, Delivery.state != DeliveryState.DELIVERED
    )
    return session.scalar(count) or 0


def give_up(session: Session, endpoint_id: str, at: datetime) -> None:
    """Give up all that waits for an endpoint; it may be sent again by hand."""
    session.execute(
        sa.update(Delivery)
        .where(_waits_for(endpoint_id))
        .values(state=DeliveryState.DEAD, leased_by=None, next_attempt_at=None, settled_at=at)
        .execution_options(synchronize_session=False)
    )


def _still(receiver: Receiver) -> sa.ColumnElement[bool]:
    return sa.and_(WebhookEndpoint.id == receiver.endpoint_id, WebhookEndpoint.url == receiver.url)


def _waits_for(endpoint_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(Delivery.endpoint_id == endpoint_id, Delivery.state == DeliveryState.PENDING)
