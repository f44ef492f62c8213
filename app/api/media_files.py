"""An item's bytes: the file itself, its sampled pictures, and what its fingerprint holds."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse, Response

from app import db
from app.api.dependencies import PartsDep, Reader, Reading
from app.api.media import MediaId
from app.api.problems import documented
from app.bootstrap import Parts
from app.errors import NotFound
from app.schemas.media import FingerprintAnswer, Still
from app.schemas.page import Page
from app.services import media, media_views, stills

router = APIRouter(prefix="/v1/media/{media_id}", tags=["media"])

# Whatever an upload claims to be, a browser neither renders nor runs it here.
INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@router.get(
    "/file",
    response_class=FileResponse,
    responses={
        206: {"description": "The range that was asked for."},
        **documented(401, 403, 404, 416),
    },
)
def read_file(media_id: MediaId, parts: PartsDep, _actor: Reader) -> Response:
    """Give the file as it arrived, whole or in ranges."""
    with parts.database.read() as session:
        item = media.get(session, media_id)
    path = parts.blobs.path(item.sha256)
    if not path.exists():
        raise NotFound("The file of this item is not in the store.")
    return FileResponse(
        path,
        media_type=item.content_type,
        filename=item.filename,
        headers={**INERT, "ETag": f'"{item.sha256}"', "Cache-Control": "private, no-cache"},
    )


@router.get("/stills", responses=documented(401, 403, 404))
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
    responses={200: {"content": {"image/jpeg": {}}}, **documented(401, 403, 404)},
)
def read_still_at(
    media_id: MediaId, at_ms: Annotated[int, Path(ge=0)], parts: PartsDep, _actor: Reader
) -> Response:
    """Give the kept picture nearest to a time as JPEG: that very moment's, if a match rests on it."""
    _existing(parts, media_id)
    jpeg = stills.at(parts.blobs, media_id, at_ms)
    if jpeg is None:
        raise NotFound("This item has no sampled pictures.")
    return Response(jpeg, media_type="image/jpeg", headers=INERT)


@router.get(
    "/stills/{number}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, **documented(401, 403, 404)},
)
def read_still(
    media_id: MediaId, number: Annotated[int, Path(ge=0)], parts: PartsDep, _actor: Reader
) -> Response:
    """Give one sampled picture as JPEG."""
    _existing(parts, media_id)
    count = len(stills.times_ms(parts.blobs, media_id))
    if number >= count:
        raise NotFound(f"This item has {count} sampled pictures, numbered from 0.")
    jpeg = stills.numbered(parts.blobs, media_id, number)
    return Response(jpeg, media_type="image/jpeg", headers=INERT)


@router.get("/fingerprint", responses=documented(401, 403, 404))
def read_fingerprint(media_id: MediaId, session: Reading, _actor: Reader) -> FingerprintAnswer:
    """Give what is kept of an item to find it again, frame by frame."""
    media.get(session, media_id)
    stored = db.fingerprints.of_media(session, media_id)
    if stored is None:
        raise NotFound("This item has no fingerprint yet.")
    return media_views.describe_fingerprint(media_id, stored.encoded)


def _existing(parts: Parts, media_id: str) -> None:
    with parts.database.read() as session:
        media.get(session, media_id)
