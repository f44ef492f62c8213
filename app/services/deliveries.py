"""Deliveries: the log that people read, and what they send again, one or many."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import db
from app.errors import Conflict, NotFound
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.page import Page
from app.schemas.webhook_enums import DeliveryKind
from app.schemas.webhooks import AttemptAnswer, BulkRedelivery, DeliveryAnswer
from app.services import events, webhooks


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list, and from where on; of every endpoint unless one is named."""

    state: DeliveryKind | None
    limit: int
    cursor: str | None
    endpoint_id: str | None = None


def test(session: Session, endpoint_id: str) -> DeliveryAnswer:
    """Send a `webhook.test` event to this endpoint only, as a normal delivery."""
    db.in_commit_order(session)
    endpoint = webhooks.get(session, endpoint_id)
    _check_enabled(endpoint)
    event = events.record(session, EventType.WEBHOOK_TEST, None, {})
    delivery = db.webhooks.Delivery(endpoint_id=endpoint.id, event_seq=event.seq)
    session.add(delivery)
    session.flush()
    return _told(session, [delivery])[0]


def redeliver(session: Session, delivery_id: str) -> DeliveryAnswer:
    """Put a delivery in the queue again, due now, its schedule started anew; the id stays.

    A delivery that is being sent at this moment is left to that attempt.
    """
    delivery = db.webhooks.lock_delivery(session, delivery_id)
    if delivery is None:
        raise NotFound("There is no such delivery.")
    _check_enabled(webhooks.get(session, delivery.endpoint_id))
    lease_ends_at = delivery.next_attempt_at
    if delivery.leased_by is None or (lease_ends_at is not None and lease_ends_at <= db.now()):
        delivery.state = DeliveryState.PENDING
        delivery.attempts = 0
        delivery.next_attempt_at = db.now()
        delivery.leased_by = delivery.settled_at = None
    session.flush()
    return _told(session, [delivery])[0]


def redeliver_all(session: Session, endpoint_id: str, wanted: BulkRedelivery) -> int:
    """Put all of an endpoint's deliveries that are asked for in the queue again; gives how many.

    They come due in the order of their events, not all at once.
    """
    _check_enabled(webhooks.get(session, endpoint_id))
    chosen = db.requeueing.Chosen(
        endpoint_id, wanted.state, wanted.since, wanted.until, tuple(wanted.types or ())
    )
    return db.requeueing.requeue(session, chosen, db.now())


def bring_forward(database: db.Database, until: datetime) -> None:
    """Have what was promised by a clock that was set back since sent by `until` at the latest."""
    with database.write() as session:
        db.requeueing.bring_forward(session, until)


def one(session: Session, delivery_id: str) -> DeliveryAnswer:
    """One delivery with its attempts."""
    found = db.webhooks.find_delivery(session, delivery_id)
    if found is None:
        raise NotFound("There is no such delivery.")
    return _told(session, [found])[0]


def listing(session: Session, which: DeliveryFilter) -> Page[DeliveryAnswer]:
    """Deliveries with their attempts, newest event first."""
    if which.endpoint_id is not None:
        webhooks.get(session, which.endpoint_id)
    page = db.webhooks.deliveries(
        session, which.endpoint_id, which.state, which.limit, which.cursor
    )
    return Page(items=_told(session, page.items), next=page.next)


def _told(session: Session, found: list[db.webhooks.Delivery]) -> list[DeliveryAnswer]:
    of_seq = db.webhooks.events_of(session, found)
    attempts = db.webhooks.attempts_of(session, found)
    return [
        DeliveryAnswer(
            id=each.id,
            webhook_id=each.endpoint_id,
            event_id=of_seq[each.event_seq].id,
            event_seq=each.event_seq,
            type=of_seq[each.event_seq].type,
            state=each.state,
            failing=each.state is DeliveryState.PENDING and each.attempts > 0,
            next_attempt_at=each.next_attempt_at,
            created_at=each.created_at,
            settled_at=each.settled_at,
            attempts=[AttemptAnswer.model_validate(tried) for tried in attempts[each.id]],
            links={"self": f"/v1/deliveries/{each.id}"},
        )
        for each in found
    ]


def _check_enabled(endpoint: db.webhooks.WebhookEndpoint) -> None:
    if endpoint.state is not EndpointState.ENABLED:
        raise Conflict("This webhook is disabled: enable it first.")
