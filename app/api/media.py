"""Items: lists, one item, and what hangs on it."""

import asyncio
import re
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from app import db
from app.api.conditional import UNCHANGED, IfNoneMatch, content_etag
from app.api.dependencies import PartsDep, Reader, Reading, Uploader
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.status_filter import AskedStatus
from app.bootstrap import Parts
from app.core.media import MediaKind
from app.db.media_lists import MediaFilter
from app.schemas.enums import MediaState
from app.schemas.fields import Instant
from app.schemas.media import MediaAnswer, ReceiptAnswer
from app.schemas.page import Page
from app.services import media, media_views

router = APIRouter(prefix="/v1/media", tags=["media"])

MAX_WAIT_S = 60
_FIRST_LOOK_S, _LAST_LOOK_S = 0.1, 1.0
_SETTLED = (MediaState.READY, MediaState.FAILED)

MediaId = Annotated[str, Path(min_length=1, max_length=64)]


def _filter(
    *,
    state: MediaState | None = None,
    kind: MediaKind | None = None,
    collection: Annotated[str | None, Query(max_length=63, description="A slug.")] = None,
    status: AskedStatus,
    tag: Annotated[str | None, Query(max_length=80)] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Words in title, names, source, place, tags, notes; a whole id or SHA-256.",
        ),
    ] = None,
    received_after: Instant | None = None,
    received_before: Instant | None = None,
    sha256: Annotated[str | None, Query(pattern="^[0-9a-fA-F]{64}$")] = None,
) -> MediaFilter:
    return MediaFilter(
        state=state,
        kind=kind,
        collection=collection,
        status=status.at,
        not_status=status.not_be_at,
        tag=tag,
        words=q,
        received_after=received_after,
        received_before=received_before,
        sha256=sha256.lower() if sha256 else None,
    )


@router.get("", responses=documented(401, 403, 422))
def list_media(
    session: Reading,
    _actor: Reader,
    wanted: Annotated[MediaFilter, Depends(_filter)],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[MediaAnswer]:
    """List the items that pass every filter, newest first."""
    found = db.media_lists.page(session, wanted, limit, cursor)
    return Page(items=media_views.show_all(session, found.items), next=found.next)


@router.get(
    "/{media_id}",
    response_model=MediaAnswer,
    responses={**UNCHANGED, **documented(401, 403, 404, 410)},
)
async def read_media(
    request: Request,
    media_id: MediaId,
    parts: PartsDep,
    _actor: Reader,
    if_none_match: IfNoneMatch,
    prefer: Annotated[
        str | None, Header(description="`wait=30`: answer when ready or failed, or after 30 s.")
    ] = None,
) -> Response:
    """Read one item; with `Prefer: wait=30`, once it is settled."""
    asked = re.search(r"\bwait\s*=\s*(\d{1,4})\b", prefer or "")
    wait_s = min(int(asked[1]), MAX_WAIT_S) if asked else 0
    body = await _settled(request, parts, media_id, wait_s)
    answer = if_none_match.answer(body, content_etag(body))
    if asked:
        answer.headers["Preference-Applied"] = f"wait={wait_s}"
    return answer


async def _settled(request: Request, parts: Parts, media_id: str, wait_s: int) -> MediaAnswer:
    # Neither a thread nor a transaction is held while nothing happens.
    until = time.monotonic() + wait_s
    pause_s = _FIRST_LOOK_S
    while True:
        body = await run_in_threadpool(_look, parts, media_id)
        left_s = until - time.monotonic()
        if body.state in _SETTLED or left_s <= 0 or await request.is_disconnected():
            return body
        await asyncio.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 1.5, _LAST_LOOK_S)


def _look(parts: Parts, media_id: str) -> MediaAnswer:
    with parts.database.read() as session:
        return media_views.show(session, media.get(session, media_id))


@router.post(
    "/{media_id}/retry",
    status_code=202,
    response_model=MediaAnswer,
    responses=documented(401, 403, 404, 409, 410),
)
def retry_media(media_id: MediaId, parts: PartsDep, actor: Uploader, write: KeyedWrite) -> Response:
    """Try an item again that failed for a reason that may pass (`failure.retryable`)."""
    return write(
        actor,
        lambda session: Answer(
            media_views.show(session, media.retry(session, parts.jobs, media_id, actor)),
            status_code=202,
        ),
    )


@router.get("/{media_id}/receipts", responses=documented(401, 403, 404, 410, 422))
def list_receipts(
    media_id: MediaId,
    session: Reading,
    actor: Reader,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ReceiptAnswer]:
    """List an item's arrivals, first one first."""
    media.get(session, media_id)
    found = db.media.receipts(session, media_id, limit, cursor)
    answers = [media_views.show_receipt(receipt, actor) for receipt in found.items]
    return Page(items=answers, next=found.next)
