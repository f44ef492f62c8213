"""Webhook endpoints and their delivery log."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import PartsDep, Reading, WebhookAdmin
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.schemas.enums import DeliveryState
from app.schemas.page import Page
from app.schemas.webhooks import (
    DeliveryAnswer,
    NewWebhook,
    NewWebhookAnswer,
    WebhookAnswer,
    WebhookChange,
)
from app.services import webhooks

router = APIRouter(tags=["webhooks"])

State = Annotated[DeliveryState | None, Query(description="Only deliveries in this state.")]


@router.post("/v1/webhooks", status_code=201, response_model=NewWebhookAnswer)
def create_webhook(
    wanted: NewWebhook, actor: WebhookAdmin, write: KeyedWrite, parts: PartsDep
) -> Response:
    """Register a receiver; the secret in this answer is shown only once."""
    allow_private = parts.settings.webhook_allow_private

    def work(session: Session) -> Answer:
        endpoint = webhooks.create(session, wanted, actor, allow_private=allow_private)
        shown = webhooks.answer(endpoint).model_dump()
        return Answer(
            NewWebhookAnswer(**shown, secret=endpoint.secret),
            status_code=201,
            headers={"Location": f"/v1/webhooks/{endpoint.id}"},
            kept=NewWebhookAnswer(**shown, secret=None),
        )

    return write(actor, work)


@router.get("/v1/webhooks")
def list_webhooks(
    actor: WebhookAdmin, session: Reading, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[WebhookAnswer]:
    """Receivers, oldest first."""
    return webhooks.listing(session, limit, cursor)


@router.get("/v1/webhooks/{webhook_id}")
def get_webhook(webhook_id: str, actor: WebhookAdmin, session: Reading) -> WebhookAnswer:
    """One receiver."""
    return webhooks.answer(webhooks.get(session, webhook_id))


@router.patch("/v1/webhooks/{webhook_id}", response_model=WebhookAnswer)
def change_webhook(
    webhook_id: str,
    wanted: WebhookChange,
    actor: WebhookAdmin,
    write: KeyedWrite,
    parts: PartsDep,
) -> Response:
    """Change a receiver; `enabled: true` also brings back one that was disabled by a 410."""
    allow_private = parts.settings.webhook_allow_private

    def work(session: Session) -> Answer:
        endpoint = webhooks.change(session, webhook_id, wanted, actor, allow_private=allow_private)
        return Answer(webhooks.answer(endpoint))

    return write(actor, work)


@router.delete("/v1/webhooks/{webhook_id}", status_code=204)
def remove_webhook(webhook_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Remove a receiver with its deliveries."""

    def work(session: Session) -> Answer:
        webhooks.remove(session, webhook_id, actor)
        return Answer()

    return write(actor, work)


@router.post("/v1/webhooks/{webhook_id}/test", status_code=202, response_model=DeliveryAnswer)
def test_webhook(webhook_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Send `webhook.test` to this receiver only; the delivery shows how it went."""

    def work(session: Session) -> Answer:
        return Answer(webhooks.test(session, webhook_id), status_code=202)

    return write(actor, work)


@router.get("/v1/webhooks/{webhook_id}/deliveries")
def list_deliveries(
    webhook_id: str,
    actor: WebhookAdmin,
    session: Reading,
    *,
    state: State = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[DeliveryAnswer]:
    """A receiver's deliveries with every attempt, newest first."""
    which = webhooks.DeliveryFilter(state, limit, cursor)
    return webhooks.deliveries(session, webhook_id, which)


@router.get("/v1/deliveries/{delivery_id}")
def get_delivery(delivery_id: str, actor: WebhookAdmin, session: Reading) -> DeliveryAnswer:
    """One delivery with every attempt."""
    return webhooks.delivery(session, delivery_id)


@router.post(
    "/v1/deliveries/{delivery_id}/redeliver", status_code=202, response_model=DeliveryAnswer
)
def redeliver(delivery_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Send a delivery again now, whatever became of it, under the same `webhook-id`."""

    def work(session: Session) -> Answer:
        return Answer(webhooks.redeliver(session, delivery_id), status_code=202)

    return write(actor, work)
