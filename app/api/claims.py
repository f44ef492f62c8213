"""Claims about the event that an item shows: add and read them."""

from fastapi import APIRouter
from fastapi.responses import Response

from app import services
from app.api.dependencies import Reader, Reading, Recorder
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.schemas.claims import ClaimItem, NewClaim
from app.schemas.page import Page

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/claims",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
)


@router.post("", status_code=201, response_model=ClaimItem, responses=documented(412, 422))
def add_claim(body: NewClaim, actor: Recorder, write: RecordWrite) -> Response:
    """Record a claim; its state follows from the corroborations about it."""
    return write(actor, lambda session, record: services.claims.add(session, record, body, actor))


@router.get("")
def list_claims(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ClaimItem]:
    """The item's claims and what they came to, first recorded first."""
    return services.claims.read(session, media_id, limit, cursor)
