"""Alerts: webhook endpoints, their tests and secrets, and what became of each delivery."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.bootstrap import Parts
from app.desk.forms import Form, FormDep
from app.desk.refusals import Refusal, attempt, tried
from app.desk.signed_in import WebhookAdmin
from app.desk.templating import render
from app.door.requests import PartsDep
from app.schemas.enums import DeliveryState, EventType
from app.schemas.webhook_enums import DeliveryKind
from app.schemas.webhooks import BulkRedelivery, NewWebhook, WebhookChange
from app.services import deliveries, webhook_secrets, webhooks
from app.services.deliveries import DeliveryFilter

router = APIRouter(prefix="/alerts")

HERE = "/desk/alerts"
ENDPOINTS_SHOWN = 100
ROWS = 50


@router.get("")
def show_alerts(
    request: Request,
    parts: PartsDep,
    _actor: WebhookAdmin,
    state: Annotated[str, Query(max_length=20)] = "",
    endpoint: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """All endpoints, and the newest deliveries of all or one."""
    chosen = DeliveryKind(state) if state in set(DeliveryKind) else None
    wanted = DeliveryFilter(chosen, ROWS, cursor, endpoint or None)
    return _page(request, parts, wanted)


@router.post("/endpoints")
def add_endpoint(request: Request, parts: PartsDep, actor: WebhookAdmin, form: FormDep) -> Response:
    """Add a receiver; its secret is on the answer's page, now and never again."""

    def create(session: Session) -> tuple[str, str]:
        wanted = NewWebhook.model_validate(form.body("which"))
        allow = parts.settings.webhook_private
        made = webhooks.create(session, wanted, actor, allow_private=allow)
        return made.secret, made.url

    done = tried(parts.database, create)
    if isinstance(done, Refusal):
        return _page(request, parts, _ALL, refusal=done, form=form)
    secret, url = done
    return render(request, "secret.html", secret=secret, url=url, back=HERE)


@router.post("/endpoints/{endpoint_id}/secret")
def rotate_secret(
    request: Request, endpoint_id: str, parts: PartsDep, actor: WebhookAdmin
) -> Response:
    """Replace a secret; for a day both sign."""
    with parts.database.write() as session:
        endpoint, _until = webhook_secrets.rotate(session, endpoint_id, actor)
        secret, url = endpoint.secret, endpoint.url
    return render(request, "secret.html", secret=secret, url=url, back=HERE)


@router.post("/endpoints/{endpoint_id}/test")
def send_test(
    request: Request, endpoint_id: str, parts: PartsDep, _actor: WebhookAdmin
) -> Response:
    """Send a test to this receiver alone; the log shows how it went."""
    return _attempt(request, parts, lambda session: deliveries.test(session, endpoint_id))


@router.post("/endpoints/{endpoint_id}/enabled")
def switch(
    request: Request, endpoint_id: str, parts: PartsDep, actor: WebhookAdmin, form: FormDep
) -> Response:
    """Pause a receiver, or bring it back."""
    wanted = WebhookChange(enabled=form.one("enabled") == "yes")
    allow = parts.settings.webhook_private
    return _attempt(
        request,
        parts,
        lambda session: webhooks.change(session, endpoint_id, wanted, actor, allow_private=allow),
    )


@router.post("/endpoints/{endpoint_id}/remove")
def remove(request: Request, endpoint_id: str, parts: PartsDep, actor: WebhookAdmin) -> Response:
    """Remove a receiver with its deliveries."""
    return _attempt(request, parts, lambda session: webhooks.remove(session, endpoint_id, actor))


@router.post("/endpoints/{endpoint_id}/redeliver")
def redeliver_dead(
    request: Request, endpoint_id: str, parts: PartsDep, _actor: WebhookAdmin
) -> Response:
    """Send everything again that was given up for this receiver."""
    wanted = BulkRedelivery(state=DeliveryState.DEAD)
    return _attempt(
        request, parts, lambda session: deliveries.redeliver_all(session, endpoint_id, wanted)
    )


@router.post("/deliveries/{delivery_id}/redeliver")
def redeliver(
    request: Request, delivery_id: str, parts: PartsDep, _actor: WebhookAdmin
) -> Response:
    """Send one delivery again, now."""
    return _attempt(request, parts, lambda session: deliveries.redeliver(session, delivery_id))


_ALL = DeliveryFilter(None, ROWS, None, None)


def _attempt(request: Request, parts: Parts, work: Callable[[Session], object]) -> Response:
    def refused(refusal: Refusal) -> Response:
        return _page(request, parts, _ALL, refusal=refusal)

    return attempt(parts.database, work, HERE, refused)


def _page(
    request: Request,
    parts: Parts,
    wanted: DeliveryFilter,
    *,
    refusal: Refusal | None = None,
    form: Form | None = None,
) -> Response:
    with parts.database.read() as session:
        endpoints = webhooks.listing(session, ENDPOINTS_SHOWN, None)
        log = deliveries.listing(session, wanted)
    values: dict[str, Any] = {
        "endpoints": endpoints.items,
        "has_more_endpoints": endpoints.next is not None,
        "urls": {each.id: each.url for each in endpoints.items},
        "log": log.items,
        "next": log.next,
        "wanted": wanted,
        "states": list(DeliveryKind),
        "event_types": list(EventType),
        "refusal": refusal,
        "typed": dict(form.values) if form else {},
    }
    return render(request, "alerts.html", status=refusal.status if refusal else 200, **values)
