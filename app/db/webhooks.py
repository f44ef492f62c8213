"""Webhook endpoints, deliveries and their attempts. The deliveries are the sending queue itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.events import Event
from app.db.paging import Paged, paged
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.webhook_enums import DeliveryKind


class WebhookEndpoint(Table):
    """One receiver and what it wants to be told.

    `failing_since` and `failures` are those of an outage, and cleared by any success; `told_at` is
    when the other endpoints heard of it. Until `previous_until` the secret before this one signs too.
    What happened after event `missed_after`, while it was disabled, was not kept for it.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    events: Mapped[list[str]]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    state: Mapped[EndpointState] = mapped_column(
        stored_enum(EndpointState), default=EndpointState.ENABLED
    )
    disabled_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    missed_after: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]


class Delivery(Table):
    """One event on its way to one endpoint; due when `next_attempt_at` has passed.

    While a sender holds it (`leased_by`), `next_attempt_at` is when the lease ends. `attempts`
    counts the tries since the delivery was last put in the queue. What is `urgent` goes before
    whatever else is due.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("endpoint_id", "event_seq"),
        sa.Index("ix_deliveries_due", "endpoint_id", "state", "next_attempt_at"),
        sa.Index("ix_deliveries_settled", "state", "settled_at"),
        # Of few deliveries, so that a long queue need not be read for them.
        sa.Index(
            "ix_deliveries_urgent",
            "endpoint_id",
            "state",
            "next_attempt_at",
            sqlite_where=sa.text("urgent"),
            postgresql_where=sa.text("urgent"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    endpoint_id: Mapped[str] = mapped_column(
        sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE")
    )
    event_seq: Mapped[int] = mapped_column(sa.ForeignKey("events.seq"), index=True)
    state: Mapped[DeliveryState] = mapped_column(
        stored_enum(DeliveryState), default=DeliveryState.PENDING
    )
    urgent: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=now)
    leased_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]


class DeliveryAttempt(Table):
    """One try and what came back."""

    __tablename__ = "delivery_attempts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(
        sa.ForeignKey("deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    answer_head: Mapped[str | None]
    duration_ms: Mapped[int]


def find(session: Session, endpoint_id: str) -> WebhookEndpoint | None:
    """The endpoint with this id, if there is one."""
    return session.get(WebhookEndpoint, endpoint_id)


def enabled(session: Session) -> list[WebhookEndpoint]:
    """Every endpoint that is sent to."""
    statement = sa.select(WebhookEndpoint).where(WebhookEndpoint.state == EndpointState.ENABLED)
    return list(session.scalars(statement))


def told(session: Session, media_id: str, kind: EventType) -> set[str]:
    """The enabled endpoints that got an event of this kind about an item, or are still to get it."""
    statement = sa.select(Delivery.endpoint_id).join(Event, Event.seq == Delivery.event_seq)
    statement = statement.join(WebhookEndpoint, WebhookEndpoint.id == Delivery.endpoint_id)
    statement = statement.where(
        WebhookEndpoint.state == EndpointState.ENABLED,
        Event.media_id == media_id,
        Event.type == kind,
        Delivery.state != DeliveryState.DEAD,
    )
    return set(session.scalars(statement))


def page(session: Session, limit: int, cursor: str | None) -> Paged[WebhookEndpoint]:
    """Endpoints, oldest first."""
    statement = sa.select(WebhookEndpoint).order_by(WebhookEndpoint.created_at, WebhookEndpoint.id)
    return paged(session, statement, limit, cursor)


def remove(session: Session, endpoint_id: str) -> None:
    """Drop an endpoint with its deliveries."""
    # Deliveries before their endpoint, as senders lock them: neither waits for the other.
    waiting = sa.select(Delivery.id).where(Delivery.endpoint_id == endpoint_id)
    session.execute(waiting.order_by(Delivery.id).with_for_update())
    session.execute(sa.delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id))


def find_delivery(session: Session, delivery_id: str) -> Delivery | None:
    """The delivery with this id, if there is one."""
    return session.get(Delivery, delivery_id)


def lock_delivery(session: Session, delivery_id: str) -> Delivery | None:
    """The delivery with this id, as it is now and held until the commit."""
    return session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)


def deliveries(
    session: Session,
    endpoint_id: str | None,
    kind: DeliveryKind | None,
    limit: int,
    cursor: str | None,
) -> Paged[Delivery]:
    """Deliveries to one endpoint or to all, newest event first."""
    statement = sa.select(Delivery)
    if endpoint_id is not None:
        statement = statement.where(Delivery.endpoint_id == endpoint_id)
    if kind is DeliveryKind.FAILING:
        statement = statement.where(Delivery.state == DeliveryState.PENDING, Delivery.attempts > 0)
    elif kind is not None:
        statement = statement.where(Delivery.state == DeliveryState(kind.value))
    order = (Delivery.event_seq.desc(), Delivery.id)
    return paged(session, statement.order_by(*order), limit, cursor)


def events_of(session: Session, found: Iterable[Delivery]) -> dict[int, Event]:
    """The events of some deliveries, by sequence number."""
    numbers = {delivery.event_seq for delivery in found}
    events = session.scalars(sa.select(Event).where(Event.seq.in_(numbers)))
    return {event.seq: event for event in events}


def attempts_of(session: Session, found: Iterable[Delivery]) -> dict[str, list[DeliveryAttempt]]:
    """The attempts of some deliveries, oldest first, by delivery."""
    by_delivery: dict[str, list[DeliveryAttempt]] = {delivery.id: [] for delivery in found}
    statement = sa.select(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(by_delivery))
    for attempt in session.scalars(statement.order_by(DeliveryAttempt.at, DeliveryAttempt.id)):
        by_delivery[attempt.delivery_id].append(attempt)
    return by_delivery


def count_by_state(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries are in each state; a state without any is not among the keys."""
    counts = sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)
    return dict(session.execute(counts).all())
