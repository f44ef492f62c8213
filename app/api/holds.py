"""Legal holds: placed and released by admins, read by auditors, too."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import Auditor, PrivacyAdmin, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.holds import HoldAnswer, HoldRelease, NewHold
from app.schemas.page import Page
from app.services import holds

router = APIRouter(prefix="/v1/holds", tags=["privacy"])


@router.post(
    "",
    status_code=201,
    response_model=HoldAnswer,
    responses=documented(401, 403, 404, 410, 422),
)
def place_hold(body: NewHold, actor: PrivacyAdmin, write: KeyedWrite) -> Response:
    """Keep an item and its record from purge, retention and erasure."""

    def work(session: Session) -> Answer:
        return Answer(holds.place(session, body, actor), status_code=201)

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_holds(
    session: Reading,
    _actor: Auditor,
    media_id: str | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    *,
    active: Annotated[bool, Query(description="`false`: those that have ended, too.")] = True,
) -> Page[HoldAnswer]:
    """List the holds in force, newest first."""
    return holds.listed(session, media_id, limit, cursor, all_of_them=not active)


@router.post(
    "/{hold_id}/release",
    response_model=HoldAnswer,
    responses=documented(401, 403, 404, 409, 422),
)
def release_hold(
    hold_id: str, body: HoldRelease, actor: PrivacyAdmin, write: KeyedWrite
) -> Response:
    """End a hold; what was due meanwhile is due now."""

    def work(session: Session) -> Answer:
        return Answer(holds.release(session, hold_id, body.reason, actor))

    return write(actor, work)
