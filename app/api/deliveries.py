"""What was sent to webhooks and what came back; sent again, one or many."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import Reading, WebhookAdmin
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.page import Page
from app.schemas.webhook_enums import DeliveryKind
from app.schemas.webhooks import BulkRedelivery, DeliveryAnswer, Redelivered
from app.services import deliveries

router = APIRouter(tags=["webhooks"])

State = Annotated[
    DeliveryKind | None,
    Query(description="Only these: `failing` are pending ones that have failed, `dead` given up."),
]


@router.get("/v1/deliveries", responses=documented(401, 403, 404, 422))
def list_all_deliveries(
    actor: WebhookAdmin,
    session: Reading,
    *,
    state: State = None,
    endpoint: Annotated[str | None, Query(description="Only to this webhook.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[DeliveryAnswer]:
    """List deliveries to all webhooks with every attempt, newest event first."""
    return deliveries.listing(session, deliveries.DeliveryFilter(state, limit, cursor, endpoint))


@router.get("/v1/deliveries/{delivery_id}", responses=documented(401, 403, 404))
def get_delivery(delivery_id: str, actor: WebhookAdmin, session: Reading) -> DeliveryAnswer:
    """One delivery with every attempt."""
    return deliveries.one(session, delivery_id)


@router.post(
    "/v1/deliveries/{delivery_id}/redeliver",
    status_code=202,
    response_model=DeliveryAnswer,
    responses=documented(401, 403, 404, 409, 422),
)
def redeliver(delivery_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Send a delivery again now, whatever became of it, under the same `webhook-id`."""

    def work(session: Session) -> Answer:
        return Answer(deliveries.redeliver(session, delivery_id), status_code=202)

    return write(actor, work)


@router.post(
    "/v1/webhooks/{webhook_id}/test",
    status_code=202,
    response_model=DeliveryAnswer,
    responses=documented(401, 403, 404, 409, 422),
)
def test_webhook(webhook_id: str, actor: WebhookAdmin, write: KeyedWrite) -> Response:
    """Send `webhook.test` to this receiver only; the delivery shows how it went."""

    def work(session: Session) -> Answer:
        return Answer(deliveries.test(session, webhook_id), status_code=202)

    return write(actor, work)


@router.get("/v1/webhooks/{webhook_id}/deliveries", responses=documented(401, 403, 404, 422))
def list_deliveries(
    webhook_id: str,
    actor: WebhookAdmin,
    session: Reading,
    *,
    state: State = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[DeliveryAnswer]:
    """A receiver's deliveries with every attempt, newest event first."""
    return deliveries.listing(session, deliveries.DeliveryFilter(state, limit, cursor, webhook_id))


@router.post(
    "/v1/webhooks/{webhook_id}/redeliver",
    status_code=202,
    response_model=Redelivered,
    responses=documented(401, 403, 404, 409, 422),
)
def redeliver_all(
    webhook_id: str, wanted: BulkRedelivery, actor: WebhookAdmin, write: KeyedWrite
) -> Response:
    """Send many deliveries again, under the same ids, in order and at a bearable pace."""

    def work(session: Session) -> Answer:
        queued = deliveries.redeliver_all(session, webhook_id, wanted)
        return Answer(Redelivered(queued=queued), status_code=202)

    return write(actor, work)
