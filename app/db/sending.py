"""Deliveries as a queue: what is due, leases on it, and how each attempt ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.base import now
from app.db.events import Event, flags_of
from app.db.outages import Receiver
from app.db.webhooks import Delivery, WebhookEndpoint
from app.schemas.enums import DeliveryState, EndpointState
from app.schemas.privacy_enums import SensitivityFlag


@dataclass(frozen=True, slots=True)
class Lease:
    """A sender's hold on deliveries; it ends by itself, so a dead sender holds nothing for long."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class DueEndpoint:
    """An enabled endpoint that something is due for."""

    id: str
    failing: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased delivery with all that sending it needs."""

    delivery_id: str
    attempts: int
    endpoint_id: str
    url: str
    secrets: tuple[str, ...]
    event: Event
    flags: frozenset[SensitivityFlag]

    @property
    def receiver(self) -> Receiver:
        """Whom the answer is from."""
        return Receiver(self.endpoint_id, self.url)


def due_endpoints(session: Session, at: datetime) -> list[DueEndpoint]:
    """The enabled endpoints that something is due for."""
    due = (
        sa.select(Delivery.id)
        .where(
            Delivery.endpoint_id == WebhookEndpoint.id,
            Delivery.state == DeliveryState.PENDING,
            Delivery.next_attempt_at <= at,
        )
        .exists()
    )
    rows = session.execute(
        sa.select(WebhookEndpoint.id, WebhookEndpoint.failing_since).where(
            WebhookEndpoint.state == EndpointState.ENABLED, due
        )
    )
    return [DueEndpoint(row.id, row.failing_since is not None) for row in rows]


def due(
    session: Session, endpoint_id: str, at: datetime, limit: int, without: Iterable[str]
) -> Sequence[str]:
    """Up to `limit` due deliveries of one endpoint, held until the commit.

    What is urgent comes first, then what has been due longest.
    """
    waiting = (
        sa.select(Delivery.id)
        .where(
            Delivery.endpoint_id == endpoint_id,
            Delivery.state == DeliveryState.PENDING,
            Delivery.next_attempt_at <= at,
        )
        .order_by(Delivery.next_attempt_at, Delivery.event_seq)
        .with_for_update(skip_locked=True)
    )
    found: list[str] = []
    for some in (waiting.where(Delivery.urgent), waiting):
        others = some.where(Delivery.id.not_in((*without, *found)))
        found += session.scalars(others.limit(limit - len(found)))
        if len(found) == limit:
            break
    return found


def lease(session: Session, delivery_ids: Sequence[str], held: Lease) -> list[Claimed]:
    """Lease the given deliveries."""
    if not delivery_ids:
        return []
    session.execute(
        sa.update(Delivery)
        .where(Delivery.id.in_(delivery_ids))
        .values(leased_by=held.holder, next_attempt_at=held.until)
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(
        sa.select(Delivery.id, Delivery.attempts, WebhookEndpoint, Event)
        .join(WebhookEndpoint, WebhookEndpoint.id == Delivery.endpoint_id)
        .join(Event, Event.seq == Delivery.event_seq)
        .where(Delivery.id.in_(delivery_ids))
        .order_by(Event.seq)
    ).all()
    flags = flags_of(session, [row[3] for row in rows])
    return [
        Claimed(row[0], row[1], row[2].id, row[2].url, _secrets(row[2]), row[3], flags[row[3].seq])
        for row in rows
    ]


def lengthen(session: Session, delivery_ids: Iterable[str], held: Lease) -> None:
    """Let the leases that `held.holder` still has on some deliveries end later."""
    mine = sa.and_(Delivery.leased_by == held.holder, Delivery.state == DeliveryState.PENDING)
    leased = sa.select(Delivery.id).where(Delivery.id.in_(tuple(delivery_ids)), mine)
    # In the order of their ids, as everybody locks them, so that no two wait for each other.
    found = session.scalars(leased.order_by(Delivery.id).with_for_update()).all()
    session.execute(
        sa.update(Delivery)
        .where(Delivery.id.in_(found))
        .values(next_attempt_at=held.until)
        .execution_options(synchronize_session=False)
    )


def _secrets(endpoint: WebhookEndpoint) -> tuple[str, ...]:
    """The secrets that sign now, the newest first."""
    previous, until = endpoint.previous_secret, endpoint.previous_until
    still = previous is not None and until is not None and until > now()
    return (endpoint.secret, previous) if previous and still else (endpoint.secret,)


def forget_secrets(session: Session, at: datetime) -> None:
    """Drop the secrets that sign no more."""
    session.execute(
        sa.update(WebhookEndpoint)
        .where(WebhookEndpoint.previous_until <= at)
        .values(previous_secret=None, previous_until=None)
        .execution_options(synchronize_session=False)
    )


def settle_delivered(session: Session, delivery_ids: Sequence[str], at: datetime) -> None:
    """Mark deliveries as delivered, whoever holds them by now, given up ones too."""
    _settle(session, Delivery.id.in_(delivery_ids), DeliveryState.DELIVERED, at)


def settle_dead(session: Session, delivery_id: str, holder: str, at: datetime) -> None:
    """Give a delivery up, if `holder` still holds it."""
    mine = sa.and_(
        Delivery.id == delivery_id,
        Delivery.leased_by == holder,
        Delivery.state == DeliveryState.PENDING,
    )
    _settle(session, mine, DeliveryState.DEAD, at)


def put_off(session: Session, delivery_id: str, holder: str, until: datetime) -> None:
    """Schedule the next attempt after a failed one, if `holder` still holds the delivery."""
    session.execute(
        sa.update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.leased_by == holder)
        .values(attempts=Delivery.attempts + 1, leased_by=None, next_attempt_at=until)
        .execution_options(synchronize_session=False)
    )


def _settle(
    session: Session, which: sa.ColumnElement[bool], state: DeliveryState, at: datetime
) -> None:
    session.execute(
        sa.update(Delivery)
        .where(which)
        .values(
            state=state,
            attempts=Delivery.attempts + 1,
            leased_by=None,
            next_attempt_at=None,
            settled_at=at,
        )
        .execution_options(synchronize_session=False)
    )
