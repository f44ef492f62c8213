"""How long items are kept, and what is due."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.api.dependencies import PartsDep, PrivacyAdmin, Reader, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.media import MediaId
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.retention import RetentionAnswer, RetentionChange, RetentionPage
from app.services import retention, verifications

router = APIRouter(prefix="/v1", tags=["privacy"])


@router.get("/retention", responses=documented(401, 403, 422))
def list_due(
    session: Reading,
    parts: PartsDep,
    _actor: Reader,
    within_days: Annotated[
        int, Query(ge=0, le=3650, description="Also what will be due in so many days.")
    ] = 0,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> RetentionPage:
    """List what is due to be purged, held or not, and the rules that it is due by."""
    at = db.now() + timedelta(days=within_days)
    return retention.due(session, parts.retention, at, limit, cursor)


@router.get("/media/{media_id}/retention", responses=documented(401, 403, 404, 410))
def read_retention(
    media_id: MediaId, session: Reading, parts: PartsDep, _actor: Reader
) -> RetentionAnswer:
    """Say why an item is kept, and until when."""
    return retention.read(session, parts.retention, media_id)


@router.put(
    "/media/{media_id}/retention",
    response_model=RetentionAnswer,
    responses=documented(401, 403, 404, 410, 422),
)
def set_retention(
    media_id: MediaId,
    body: RetentionChange,
    actor: PrivacyAdmin,
    parts: PartsDep,
    write: KeyedWrite,
) -> Response:
    """Put an item in a class by hand; its time begins anew."""

    def work(session: Session) -> Answer:
        record = verifications.take(session, media_id)
        retention.change(session, record, body, actor)
        return Answer(retention.read(session, parts.retention, media_id))

    return write(actor, work)
