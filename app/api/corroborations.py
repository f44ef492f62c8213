"""What sources say of an item or of a claim: record and read it."""

from fastapi import APIRouter
from fastapi.responses import Response

from app import services
from app.api.dependencies import Reader, Reading, Recorder
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.schemas.corroborations import CorroborationItem, NewCorroboration
from app.schemas.page import Page

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/corroborations",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
)


@router.post(
    "", status_code=201, response_model=CorroborationItem, responses=documented(409, 412, 422)
)
def add_corroboration(body: NewCorroboration, actor: Recorder, write: RecordWrite) -> Response:
    """Record what a source says, or that it takes back what it said; no status changes by it."""
    return write(
        actor, lambda session, record: services.corroborations.add(session, record, body, actor)
    )


@router.get("")
def list_corroborations(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[CorroborationItem]:
    """What sources said, first recorded first; protected ones are named to verifiers only."""
    return services.corroborations.read(session, media_id, actor, limit, cursor)
