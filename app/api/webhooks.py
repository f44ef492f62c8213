"""Webhook endpoints and their secrets."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import PartsDep, Reading, WebhookAdmin
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.page import Page
from app.schemas.webhooks import (
    NewWebhook,
    NewWebhookAnswer,
    RotatedSecret,
    WebhookAnswer,
    WebhookChange,
)
from app.services import webhook_secrets, webhooks

router = APIRouter(tags=["webhooks"])


@router.post("/v1/webhooks", status_code=201, response_model=NewWebhookAnswer)
def create_webhook(
    wanted: NewWebhook, actor: WebhookAdmin, write: KeyedWrite, parts: PartsDep
) -> Response:
    """Register a receiver; the secret in this answer is shown only once."""
    allow_private = parts.settings.webhook_private

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


@router.get("/v1/webhooks/{webhook_id}", responses=documented(404))
def get_webhook(webhook_id: str, actor: WebhookAdmin, session: Reading) -> WebhookAnswer:
    """One receiver."""
    return webhooks.answer(webhooks.get(session, webhook_id))


@router.patch("/v1/webhooks/{webhook_id}", response_model=WebhookAnswer, responses=documented(404))
def change_webhook(
    webhook_id: str,
    wanted: WebhookChange,
    actor: WebhookAdmin,
    write: KeyedWrite,
    parts: PartsDep,
) -> Response:
    """Change a receiver; `enabled: true` also brings back one that was disabled by a 410."""
    allow_private = parts.settings.webhook_private

    def work(session: Session) -> Answer:
        endpoint = webhooks.change(session, webhook_id, wanted, actor, allow_private=allow_private)
        return Answer(webhooks.answer(endpoint))

    return write(actor, work)


@router.delete("/v1/webhooks/{webhook_id}", status_code=204, responses=documented(404))
def remove_webhook(webhook_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Remove a receiver with its deliveries."""

    def work(session: Session) -> Answer:
        webhooks.remove(session, webhook_id, actor)
        return Answer()

    return write(actor, work)


@router.post(
    "/v1/webhooks/{webhook_id}/secret",
    response_model=RotatedSecret,
    responses=documented(401, 403, 404, 422),
)
def rotate_secret(webhook_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Replace the secret; for 24 hours each message carries a signature with either one."""

    def work(session: Session) -> Answer:
        endpoint, until = webhook_secrets.rotate(session, webhook_id, actor)
        return Answer(
            RotatedSecret(secret=endpoint.secret, previous_secret_until=until),
            kept=RotatedSecret(secret=None, previous_secret_until=until),
        )

    return write(actor, work)


@router.delete(
    "/v1/webhooks/{webhook_id}/secret/previous",
    status_code=204,
    responses=documented(401, 403, 404, 422),
)
def end_previous_secret(webhook_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Stop to sign with the secret before the present one, at once."""

    def work(session: Session) -> Answer:
        webhook_secrets.end_previous(session, webhook_id, actor)
        return Answer()

    return write(actor, work)
