"""Hash lists: others' hashes of pictures, videos and files, without the media."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.api.dependencies import Curator, PartsDep, Reader, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.core.exchange.hash_lines import LONGEST_LINE, ListReader
from app.core.exchange.listed_hashes import NAME_MAX, HashKind
from app.door.arriving_file import too_large
from app.errors import Unprocessable
from app.schemas.hash_lists import HashListItem, ImportedHashes, NewHashList
from app.schemas.page import Page
from app.services import hash_lists
from app.services.hash_lists import TextImport

router = APIRouter(prefix="/v1/hash-lists", tags=["hash lists"])

BLOCK_BYTES = 256 * 1024
_TEXT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/plain": {"schema": {"type": "string"}}, "text/csv": {}},
    }
}


def _reader(
    kind: Annotated[
        HashKind | None,
        Query(description="What bare hashes are, where their length does not say."),
    ] = None,
    video: Annotated[
        str,
        Query(max_length=NAME_MAX, description="The video that vPDQ lines without a name are of."),
    ] = "",
) -> ListReader:
    return ListReader(kind, video)


ReaderOfLines = Annotated[ListReader, Depends(_reader)]


@router.post(
    "", status_code=201, response_model=HashListItem, responses=documented(401, 403, 409, 422)
)
def create_hash_list(body: NewHashList, actor: Curator, write: KeyedWrite) -> Response:
    """Make an empty list; its slug must be free."""

    def work(session: Session) -> Answer:
        made = HashListItem.model_validate(hash_lists.create(session, body, actor))
        location = {"Location": f"/v1/hash-lists/{made.slug}"}
        return Answer(made, status_code=201, headers=location)

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_hash_lists(
    session: Reading, _actor: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[HashListItem]:
    """List the hash lists by slug."""
    page = db.hash_lists.page(session, limit, cursor)
    items = [HashListItem.model_validate(each) for each in page.items]
    return Page(items=items, next=page.next)


@router.get("/{slug}", responses=documented(401, 403, 404))
def read_hash_list(slug: str, session: Reading, _actor: Reader) -> HashListItem:
    """Read one hash list."""
    return HashListItem.model_validate(hash_lists.get(session, slug))


@router.post(
    "/{slug}/entries",
    responses=documented(401, 403, 404, 413, 422),
    openapi_extra=_TEXT,
    max_body_size=1 << 62,
)
async def import_entries(
    slug: str, request: Request, parts: PartsDep, actor: Curator, reader: ReaderOfLines
) -> ImportedHashes:
    """Add a list's text, of any length; repeated, it adds nothing, so it needs no key."""
    await run_in_threadpool(_check_fillable, parts.database, slug)
    taken = TextImport(parts.database, slug, reader)
    async for lines in _lines(request, parts.settings.upload_max_bytes):
        await run_in_threadpool(taken.feed, lines)
    return await run_in_threadpool(taken.finish, actor)


def _check_fillable(database: db.Database, slug: str) -> None:
    with database.read() as session:
        hash_lists.fillable(session, slug)


async def _lines(request: Request, max_bytes: int) -> AsyncIterator[list[str]]:
    """The body's lines, some at a time."""
    rest, total = b"", 0
    async for piece in request.stream():
        total += len(piece)
        if total > max_bytes:
            raise too_large(max_bytes)
        rest += piece
        if len(rest) < BLOCK_BYTES:
            continue
        *lines, rest = rest.split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise Unprocessable(f"A line is longer than {LONGEST_LINE} bytes: this is no list.")
        yield [line.decode(errors="replace") for line in lines]
    if rest:
        yield [line.decode(errors="replace") for line in rest.removesuffix(b"\n").split(b"\n")]
