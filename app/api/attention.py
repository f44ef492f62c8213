"""Reasons to look at a record again: read them, close them."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.api.conditional import IfMatch, etag
from app.api.dependencies import Reader, Reading, Recorder
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.attention import AttentionClosure, AttentionItem
from app.schemas.page import Page

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/attention",
    tags=["verifications"],
    responses=documented(401, 403, 404),
)


@router.get("")
def list_attention(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[AttentionItem]:
    """Why somebody should look at this record, newest first; closed reasons stay."""
    return services.attention.read(session, media_id, limit, cursor)


@router.post(
    "/{attention_id}/closure",
    response_model=AttentionItem,
    responses=documented(409, 412, 422),
)
def close_attention(
    *,
    media_id: str,
    attention_id: str,
    body: AttentionClosure,
    actor: Recorder,
    if_match: IfMatch,
    write: KeyedWrite,
) -> Response:
    """Say what came of looking; the status is changed by a transition, never by this."""

    def work(session: Session) -> Answer:
        record = services.verifications.take(session, media_id)
        if_match.check(record.version)
        closed = services.attention.close(session, record, attention_id, body.note, actor)
        return Answer(services.attention.shown(closed), headers={"ETag": etag(record.version)})

    return write(actor, work)
