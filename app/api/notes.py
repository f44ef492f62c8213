"""Notes on a record: write and read them."""

from fastapi import APIRouter
from fastapi.responses import Response

from app import services
from app.api.dependencies import Reader, Reading, Uploader
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.schemas.notes import NewNote, NoteItem
from app.schemas.page import Page

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/notes",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
)


@router.post("", status_code=201, response_model=NoteItem, responses=documented(409, 412, 422))
def add_note(body: NewNote, actor: Uploader, write: RecordWrite) -> Response:
    """Write a note; it can be corrected only by one that supersedes it. `If-Match` is optional."""
    return write(actor, lambda session, record: services.notes.add(session, record, body, actor))


@router.get("")
def list_notes(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[NoteItem]:
    """The record's notes that you may read, oldest first; superseded ones stay."""
    return services.notes.read(session, media_id, actor, limit, cursor)
