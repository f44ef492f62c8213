"""The rights to an item's footage: read and change them."""

from fastapi import APIRouter
from fastapi.responses import Response

from app import services
from app.api.dependencies import Reader, Reading, Recorder
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.schemas.rights import NewRights, RightsItem

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/rights",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
)


@router.get("")
def read_rights(media_id: str, actor: Reader, session: Reading) -> RightsItem:
    """What the desk may do with the footage, and on which terms."""
    return services.rights.read(session, media_id)


@router.put("", response_model=RightsItem, responses=documented(412, 422))
def change_rights(body: NewRights, actor: Recorder, write: RecordWrite) -> Response:
    """Say what holds from now on; whether the footage is true is another matter."""
    return write(
        actor,
        lambda session, record: services.rights.change(session, record, body, actor),
        status_code=200,
    )
