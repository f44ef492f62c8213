"""An item's bytes: the file itself, its sampled pictures, and what its fingerprint holds."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse, Response

from app import db
from app.api.byte_ranges import AskedParts, PartialFile, not_satisfiable
from app.api.conditional import IfNoneMatch
from app.api.dependencies import PartsDep, Reader
from app.api.media import MediaId
from app.api.pictures import INERT, PICTURE, SENSITIVE, Blurred, show
from app.api.problems import documented
from app.bootstrap import Parts
from app.errors import NotFound
from app.schemas.media import FingerprintAnswer, Still
from app.schemas.page import Page
from app.services import media, media_views, stills, viewing

router = APIRouter(prefix="/v1/media/{media_id}", tags=["media"])


@router.head("/file", include_in_schema=False)
@router.get(
    "/file",
    response_class=FileResponse,
    responses={
        206: {"description": "The range that was asked for."},
        304: {"description": "The caller has it."},
        **documented(401, 403, 404, 410, 416),
    },
)
def read_file(
    media_id: MediaId,
    parts: PartsDep,
    actor: Reader,
    if_none_match: IfNoneMatch,
    asked: AskedParts,
) -> Response:
    """Give the file as it arrived, whole or in ranges.

    Of a sensitive item this needs the scope `media:sensitive` and is put into the audit chain.
    """
    with parts.database.read() as session:
        item = media.get(session, media_id)
    path = parts.blobs.path(item.sha256)
    if not path.exists():
        raise NotFound("The file of this item is not in the store.")
    tag = f'"{item.sha256}"'
    headers = {**INERT, "ETag": tag, "Cache-Control": "private, no-cache"}
    flags = viewing.check_clear(parts.database, actor, media_id)
    # A copy that a browser kept from before the flag would be shown without an entry.
    if not flags and if_none_match.holds(tag):
        return Response(status_code=304, headers=headers)
    found = path.stat()
    answer = PartialFile(
        path,
        media_type=item.content_type,
        filename=item.filename,
        headers=headers,
        stat_result=found,
    )
    ranges = asked.ranges(found.st_size, tag, answer.headers["Last-Modified"])
    if ranges == []:
        return not_satisfiable(found.st_size)
    if not asked.is_head:
        later = ranges is not None and min(ranges)[0] > 0
        flags = viewing.file(parts.database, actor, media_id, is_continued=later)
    if flags:
        answer.headers.update({SENSITIVE: ",".join(sorted(flags)), "Cache-Control": "no-store"})
    answer.ranges = ranges
    return answer


@router.get("/stills", responses=documented(401, 403, 404, 410))
def list_stills(media_id: MediaId, parts: PartsDep, _actor: Reader) -> Page[Still]:
    """List the sampled pictures with their times; empty until the item is fingerprinted."""
    _existing(parts, media_id)
    own = f"/v1/media/{media_id}/stills"
    return Page(
        items=[
            Still(timestamp_ms=time_ms, url=f"{own}/{place}")
            for place, time_ms in enumerate(stills.times_ms(parts.blobs, media_id))
        ]
    )


@router.get(
    "/stills/at/{at_ms}",
    response_class=Response,
    responses={**PICTURE, **documented(401, 403, 404, 410, 422)},
)
def read_still_at(
    media_id: MediaId,
    at_ms: Annotated[int, Path(ge=0, lt=2**53)],
    parts: PartsDep,
    actor: Reader,
    *,
    blurred: Blurred = True,
) -> Response:
    """Give the kept picture nearest to a time as JPEG: that very moment's, if a match rests on it."""
    _existing(parts, media_id)
    view = viewing.admit(parts.database, actor, [media_id], blurred=blurred)
    jpeg = stills.at(parts.blobs, media_id, at_ms)
    if jpeg is None:
        raise NotFound("This item has no sampled pictures.")
    return show(parts, actor, view, f"stills/at/{at_ms}", lambda: view.jpeg(jpeg))


@router.get(
    "/stills/{number}",
    response_class=Response,
    responses={**PICTURE, **documented(401, 403, 404, 410)},
)
def read_still(
    media_id: MediaId,
    number: Annotated[int, Path(ge=0)],
    parts: PartsDep,
    actor: Reader,
    *,
    blurred: Blurred = True,
) -> Response:
    """Give one sampled picture as JPEG."""
    _existing(parts, media_id)
    view = viewing.admit(parts.database, actor, [media_id], blurred=blurred)
    count = len(stills.times_ms(parts.blobs, media_id))
    if number >= count:
        raise NotFound(f"This item has {count} sampled pictures, numbered from 0.")
    jpeg = stills.numbered(parts.blobs, media_id, number)
    return show(parts, actor, view, f"stills/{number}", lambda: view.jpeg(jpeg))


@router.get("/fingerprint", responses=documented(401, 403, 404, 410))
def read_fingerprint(media_id: MediaId, parts: PartsDep, actor: Reader) -> FingerprintAnswer:
    """Give what is kept of an item to find it again, frame by frame.

    Pictures can be guessed from hashes, so of a sensitive item this needs what its file does.
    """
    with parts.database.read() as session:
        media.get(session, media_id)
        stored = db.fingerprints.of_media(session, media_id)
        encoded = stored.encoded if stored else None
    if encoded is None:
        raise NotFound("This item has no fingerprint yet.")
    viewing.fingerprint(parts.database, actor, media_id)
    return media_views.describe_fingerprint(media_id, encoded)


def _existing(parts: Parts, media_id: str) -> None:
    with parts.database.read() as session:
        media.get(session, media_id)
