"""What the desk holds about somebody, and the erasure of a note about them."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import PartsDep, PrivacyAdmin, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.media import MediaId
from app.api.problems import documented
from app.schemas.purging import ErasureAnswer, ErasureRequest, MentionList
from app.services import erasure, subjects

router = APIRouter(prefix="/v1", tags=["privacy"])


@router.post(
    "/media/{media_id}/verification/notes/{note_id}/erasure",
    status_code=201,
    response_model=ErasureAnswer,
    responses=documented(401, 403, 404, 409, 410, 422),
)
def erase_note(
    media_id: MediaId,
    note_id: str,
    *,
    body: ErasureRequest,
    parts: PartsDep,
    actor: PrivacyAdmin,
    write: KeyedWrite,
) -> Response:
    """Erase what a note said; that it was written, by whom and when, stays."""

    def work(session: Session) -> Answer:
        erased = erasure.erase_note(
            session, parts.purge_list, note_id, body, actor, media_id=media_id
        )
        return Answer(ErasureAnswer.model_validate(erased), status_code=201)

    return write(actor, work)


@router.get("/subject-requests", responses=documented(401, 403, 422))
def find_mentions(
    name: Annotated[str, Query(min_length=2, max_length=200, description="A name or a number.")],
    session: Reading,
    _actor: PrivacyAdmin,
) -> MentionList:
    """Find where the desk names somebody: in items, arrivals, notes, records, restricted terms."""
    return subjects.mentions(session, name)
