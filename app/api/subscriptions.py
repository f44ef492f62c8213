"""Subscriptions by subject: made and changed by those who verify, each their own."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import Reader, Reading, Recorder
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.page import Page
from app.schemas.subscriptions import NewSubscription, SubscriptionAnswer, SubscriptionChange
from app.services import subscriptions

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])


@router.post(
    "",
    status_code=201,
    response_model=SubscriptionAnswer,
    responses=documented(401, 403, 404, 410, 422),
)
def create_subscription(body: NewSubscription, actor: Recorder, write: KeyedWrite) -> Response:
    """Be told of whatever is found from now on that matches an item, a collection or tags."""

    def work(session: Session) -> Answer:
        return Answer(subscriptions.create(session, body, actor), status_code=201)

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_subscriptions(
    session: Reading,
    actor: Reader,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    *,
    mine: Annotated[bool, Query(description="Only your own.")] = False,
) -> Page[SubscriptionAnswer]:
    """List subscriptions, newest first."""
    return subscriptions.listed(session, actor.id if mine else None, limit, cursor)


@router.get("/{subscription_id}", responses=documented(401, 403, 404))
def read_subscription(subscription_id: str, session: Reading, _actor: Reader) -> SubscriptionAnswer:
    """Read one subscription."""
    return subscriptions.read(session, subscription_id)


@router.patch(
    "/{subscription_id}",
    response_model=SubscriptionAnswer,
    responses=documented(401, 403, 404, 409, 422),
)
def change_subscription(
    subscription_id: str, body: SubscriptionChange, actor: Recorder, write: KeyedWrite
) -> Response:
    """Change your own; an admin anybody's."""

    def work(session: Session) -> Answer:
        return Answer(subscriptions.change(session, subscription_id, body, actor))

    return write(actor, work)


@router.delete("/{subscription_id}", status_code=204, responses=documented(401, 403, 404))
def remove_subscription(subscription_id: str, actor: Recorder, write: KeyedWrite) -> Response:
    """Remove your own; an admin anybody's."""

    def work(session: Session) -> Answer:
        subscriptions.remove(session, subscription_id, actor)
        return Answer()

    return write(actor, work)
