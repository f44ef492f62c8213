"""Reasons to look at a record again: read them, close them."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.api.dependencies import Reader, Reading, Recorder
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.db.verifications import Verification
from app.schemas.attention import AttentionClosure, AttentionItem, NewAttention
from app.schemas.page import Page

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/attention",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
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


@router.post("", status_code=201, response_model=AttentionItem, responses=documented(409, 412, 422))
def report_attention(body: NewAttention, actor: Recorder, write: RecordWrite) -> Response:
    """Report that a source took its post down; what else calls for attention is found by itself."""

    def work(session: Session, record: Verification) -> AttentionItem:
        return services.attention.shown(services.attention.report(session, record, body, actor))

    return write(actor, work)


@router.post(
    "/{attention_id}/closure",
    response_model=AttentionItem,
    responses=documented(409, 412, 422),
)
def close_attention(
    attention_id: str, body: AttentionClosure, actor: Recorder, write: RecordWrite
) -> Response:
    """Say what came of looking; the status is changed by a transition, never by this."""

    def work(session: Session, record: Verification) -> AttentionItem:
        closed = services.attention.close(session, record, attention_id, body.note, actor)
        return services.attention.shown(closed)

    return write(actor, work, status_code=200)
