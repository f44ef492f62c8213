"""The erasure of a note from the record's page, when somebody has the right to it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.db.verifications import Verification
from app.desk.forms import FormDep
from app.desk.items import MediaId
from app.desk.record_acts import Act
from app.desk.signed_in import PrivacyAdmin
from app.door.requests import PartsDep
from app.schemas.purging import ErasureRequest
from app.services import erasure

router = APIRouter(prefix="/media/{media_id}/record/notes/{note_id}")


@router.post("/erase")
def erase_note(
    *,
    request: Request,
    media_id: MediaId,
    note_id: str,
    parts: PartsDep,
    actor: PrivacyAdmin,
    form: FormDep,
) -> Response:
    """Erase what a note said; that it was written, by whom and when, stays."""

    def erase(session: Session, _record: Verification, body: dict[str, Any]) -> None:
        wanted = ErasureRequest.model_validate(body)
        erasure.erase_note(session, parts.purge_list, note_id, wanted, actor, media_id=media_id)

    return Act(request, parts, actor, form)(media_id, erase)
