"""Webhook endpoints: made, changed, removed."""

from sqlalchemy.orm import Session

from app import db, outbound
from app.access import Actor
from app.errors import NotFound, Unprocessable
from app.outbound import Private
from app.schemas.audit import AuditAction
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.page import Page
from app.schemas.webhooks import NewWebhook, WebhookAnswer, WebhookChange, WebhookFilters
from app.services import audit


def create(
    session: Session, wanted: NewWebhook, actor: Actor, *, allow_private: Private
) -> db.webhooks.WebhookEndpoint:
    """Make an endpoint with a secret of its own."""
    _check_url(wanted.url, allow_private=allow_private)
    _check_events(wanted.events)
    _check_filters(session, wanted.filters)
    endpoint = db.webhooks.WebhookEndpoint(
        url=wanted.url,
        events=wanted.events,
        filters=wanted.filters.stored(),
        description=wanted.description,
        secret=outbound.new_secret(),
        created_by=actor.id,
    )
    session.add(endpoint)
    session.flush()
    audit.written(session, actor, AuditAction.WEBHOOK_CREATED, endpoint)
    return endpoint


def change(
    session: Session,
    endpoint_id: str,
    wanted: WebhookChange,
    actor: Actor,
    *,
    allow_private: Private,
) -> db.webhooks.WebhookEndpoint:
    """Change what is named; enabling again also forgets why it was disabled.

    Another URL, or one that is enabled again, begins without an outage, and what waits is sent at once,
    in order.
    """
    db.in_commit_order(session)
    endpoint = get(session, endpoint_id)
    if wanted.url is not None:
        _check_url(wanted.url, allow_private=allow_private)
        _move(session, endpoint, wanted.url)
    if wanted.events is not None:
        _check_events(wanted.events)
        endpoint.events = wanted.events
    if wanted.filters is not None:
        _check_filters(session, wanted.filters)
        endpoint.filters = wanted.filters.stored()
    if wanted.description is not None:
        endpoint.description = wanted.description
    if wanted.enabled is True:
        _enable(session, endpoint)
    elif wanted.enabled is False:
        disable(session, endpoint, "Disabled by hand.")
    session.flush()
    asked = {"enabled": wanted.enabled}
    audit.written(session, actor, AuditAction.WEBHOOK_CHANGED, endpoint, beside=asked)
    return endpoint


def disable(session: Session, endpoint: db.webhooks.WebhookEndpoint, reason: str) -> None:
    """Send nothing more to an endpoint, and keep in mind since which event nothing is kept for it."""
    if endpoint.state is EndpointState.ENABLED:
        endpoint.missed_after = db.events.last_seq(session)
    endpoint.state, endpoint.disabled_reason = EndpointState.DISABLED, reason


def _move(session: Session, endpoint: db.webhooks.WebhookEndpoint, url: str) -> None:
    if url != endpoint.url:
        _begin_anew(session, endpoint)
        endpoint.url = url


def _enable(session: Session, endpoint: db.webhooks.WebhookEndpoint) -> None:
    _begin_anew(session, endpoint)
    endpoint.state = EndpointState.ENABLED
    endpoint.disabled_reason = None


def _begin_anew(session: Session, endpoint: db.webhooks.WebhookEndpoint) -> None:
    # As it is now: a sender may be noting a failure of what was there before.
    db.outages.locked(session, endpoint.id)
    endpoint.failing_since = endpoint.told_at = None
    endpoint.failures = 0
    waiting = db.requeueing.Chosen(endpoint.id, DeliveryState.PENDING)
    db.requeueing.requeue(session, waiting, db.now())


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


def answer(endpoint: db.webhooks.WebhookEndpoint) -> WebhookAnswer:
    """An endpoint on the wire."""
    return WebhookAnswer(
        id=endpoint.id,
        url=endpoint.url,
        events=endpoint.events,
        filters=endpoint.filters,
        description=endpoint.description,
        enabled=endpoint.state is EndpointState.ENABLED,
        state=endpoint.state,
        disabled_reason=endpoint.disabled_reason,
        failing_since=endpoint.failing_since,
        failures=endpoint.failures,
        missed_after=endpoint.missed_after,
        previous_secret_until=endpoint.previous_until,
        created_at=endpoint.created_at,
        links=_links(endpoint),
    )


def _links(endpoint: db.webhooks.WebhookEndpoint) -> dict[str, str]:
    path = f"/v1/webhooks/{endpoint.id}"
    missed = endpoint.missed_after
    return {
        "self": path,
        "deliveries": f"{path}/deliveries",
        "redeliver": f"{path}/redeliver",
        "secret": f"{path}/secret",
        "test": f"{path}/test",
        **({} if missed is None else {"missed": f"/v1/events?after={missed}"}),
    }


def _check_url(url: str, *, allow_private: Private) -> None:
    try:
        outbound.read_url(url, allow_private=allow_private)
    except outbound.AddressRefused as refused:
        raise Unprocessable(str(refused), url=url) from refused


def _check_events(wanted: list[str]) -> None:
    nouns = {f"{kind.value.partition('.')[0]}.*" for kind in EventType}
    unknown = sorted(set(wanted) - {"*"} - nouns - {kind.value for kind in EventType})
    if unknown:
        detail = f"There are no such events: {', '.join(unknown)}."
        raise Unprocessable(detail, unknown=unknown, known=sorted(EventType))


def _check_filters(session: Session, filters: WebhookFilters) -> None:
    asked = set(filters.collections or ())
    unknown = sorted(asked - db.collections.by_slugs(session, asked).keys())
    if unknown:
        detail = f"There are no such collections: {', '.join(unknown)}."
        raise Unprocessable(detail, unknown=unknown)
