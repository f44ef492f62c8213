"""Webhook endpoints: made, changed, tested, removed; deliveries read and sent again."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db, outbound
from app.access import Actor
from app.errors import Conflict, NotFound, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.page import Page
from app.schemas.webhooks import (
    AttemptAnswer,
    DeliveryAnswer,
    NewWebhook,
    WebhookAnswer,
    WebhookChange,
)
from app.services import audit, events


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list, and from where on."""

    state: DeliveryState | None
    limit: int
    cursor: str | None


def create(
    session: Session, wanted: NewWebhook, actor: Actor, *, allow_private: bool
) -> db.webhooks.WebhookEndpoint:
    """Make an endpoint with a secret of its own."""
    _check_url(wanted.url, allow_private=allow_private)
    _check_filters(wanted.events)
    endpoint = db.webhooks.WebhookEndpoint(
        url=wanted.url,
        events=wanted.events,
        description=wanted.description,
        secret=outbound.new_secret(),
        created_by=actor.id,
    )
    session.add(endpoint)
    session.flush()
    audit.written(session, actor, AuditAction.WEBHOOK_CREATED, endpoint)
    return endpoint


def change(
    session: Session, endpoint_id: str, wanted: WebhookChange, actor: Actor, *, allow_private: bool
) -> db.webhooks.WebhookEndpoint:
    """Change what is named; enabling again also forgets why it was disabled."""
    db.in_commit_order(session)
    endpoint = get(session, endpoint_id)
    if wanted.url is not None:
        _check_url(wanted.url, allow_private=allow_private)
        endpoint.url = wanted.url
    if wanted.events is not None:
        _check_filters(wanted.events)
        endpoint.events = wanted.events
    if wanted.description is not None:
        endpoint.description = wanted.description
    if wanted.enabled is True:
        endpoint.state = EndpointState.ENABLED
        endpoint.disabled_reason = endpoint.failing_since = None
    elif wanted.enabled is False:
        endpoint.state, endpoint.disabled_reason = EndpointState.DISABLED, "Disabled by hand."
    session.flush()
    asked = {"enabled": wanted.enabled}
    audit.written(session, actor, AuditAction.WEBHOOK_CHANGED, endpoint, beside=asked)
    return endpoint


def remove(session: Session, endpoint_id: str, actor: Actor) -> None:
    """Drop an endpoint with its deliveries."""
    # Whoever publishes an event has found the endpoint and is about to refer to it.
    db.in_commit_order(session)
    audit.removed(session, actor, AuditAction.WEBHOOK_REMOVED, get(session, endpoint_id))
    db.webhooks.remove(session, endpoint_id)


def get(session: Session, endpoint_id: str) -> db.webhooks.WebhookEndpoint:
    """One endpoint."""
    endpoint = db.webhooks.find(session, endpoint_id)
    if endpoint is None:
        raise NotFound("There is no such webhook.")
    return endpoint


def listing(session: Session, limit: int, cursor: str | None) -> Page[WebhookAnswer]:
    """Endpoints, oldest first."""
    page = db.webhooks.page(session, limit, cursor)
    return Page(items=[answer(endpoint) for endpoint in page.items], next=page.next)


def test(session: Session, endpoint_id: str) -> DeliveryAnswer:
    """Send a `webhook.test` event to this endpoint only, as a normal delivery."""
    db.in_commit_order(session)
    endpoint = get(session, endpoint_id)
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
    _check_enabled(get(session, delivery.endpoint_id))
    lease_ends_at = delivery.next_attempt_at
    if delivery.leased_by is None or (lease_ends_at is not None and lease_ends_at <= db.now()):
        delivery.state = DeliveryState.PENDING
        delivery.attempts = 0
        delivery.next_attempt_at = db.now()
        delivery.leased_by = delivery.settled_at = None
    session.flush()
    return _told(session, [delivery])[0]


def delivery(session: Session, delivery_id: str) -> DeliveryAnswer:
    """One delivery with its attempts."""
    found = db.webhooks.find_delivery(session, delivery_id)
    if found is None:
        raise NotFound("There is no such delivery.")
    return _told(session, [found])[0]


def deliveries(session: Session, endpoint_id: str, which: DeliveryFilter) -> Page[DeliveryAnswer]:
    """One endpoint's deliveries with their attempts, newest event first."""
    get(session, endpoint_id)
    page = db.webhooks.deliveries(session, endpoint_id, which.state, which.limit, which.cursor)
    return Page(items=_told(session, page.items), next=page.next)


def answer(endpoint: db.webhooks.WebhookEndpoint) -> WebhookAnswer:
    """An endpoint on the wire."""
    path = f"/v1/webhooks/{endpoint.id}"
    return WebhookAnswer(
        id=endpoint.id,
        url=endpoint.url,
        events=endpoint.events,
        description=endpoint.description,
        enabled=endpoint.state is EndpointState.ENABLED,
        state=endpoint.state,
        disabled_reason=endpoint.disabled_reason,
        failing_since=endpoint.failing_since,
        created_at=endpoint.created_at,
        links={"self": path, "deliveries": f"{path}/deliveries", "test": f"{path}/test"},
    )


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
            next_attempt_at=each.next_attempt_at,
            created_at=each.created_at,
            settled_at=each.settled_at,
            attempts=[AttemptAnswer.model_validate(tried) for tried in attempts[each.id]],
            links={"self": f"/v1/deliveries/{each.id}"},
        )
        for each in found
    ]


def _check_url(url: str, *, allow_private: bool) -> None:
    try:
        outbound.read_url(url, allow_private=allow_private)
    except outbound.AddressRefused as refused:
        raise Unprocessable(str(refused), url=url) from refused


def _check_filters(filters: list[str]) -> None:
    nouns = {f"{kind.value.partition('.')[0]}.*" for kind in EventType}
    unknown = sorted(set(filters) - {"*"} - nouns - {kind.value for kind in EventType})
    if unknown:
        detail = f"There are no such events: {', '.join(unknown)}."
        raise Unprocessable(detail, unknown=unknown, known=sorted(EventType))


def _check_enabled(endpoint: db.webhooks.WebhookEndpoint) -> None:
    if endpoint.state is not EndpointState.ENABLED:
        raise Conflict("This webhook is disabled: enable it first.")
