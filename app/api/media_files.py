"""An item's bytes: the file itself, its sampled pictures, and what its fingerprint holds."""

import re
import zipfile
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse, Response

from app import db
from app.api.dependencies import PartsDep, Reader, Reading
from app.api.media import MediaId
from app.api.problems import documented
from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.errors import NotFound
from app.schemas.media import FingerprintAnswer, Still
from app.schemas.page import Page
from app.services import media, media_views

router = APIRouter(prefix="/v1/media/{media_id}", tags=["media"])

# Whatever an upload claims to be, a browser neither renders nor runs it here.
_INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ENTRY = re.compile(r"^(\d+)-(\d+)\.jpg$")


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
        headers={**_INERT, "ETag": f'"{item.sha256}"', "Cache-Control": "private, no-cache"},
    )


@router.get("/stills", responses=documented(401, 403, 404))
def list_stills(media_id: MediaId, parts: PartsDep, _actor: Reader) -> Page[Still]:
    """List the sampled pictures with their times; empty until the item is fingerprinted."""
    names = _names(parts, media_id)
    own = f"/v1/media/{media_id}/stills"
    return Page(
        items=[
            Still(timestamp_ms=_time_ms(name), url=f"{own}/{place}")
            for place, name in enumerate(names)
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
    """Give the sampled picture nearest to a time as JPEG."""
    names = _names(parts, media_id)
    if not names:
        raise NotFound("This item has no sampled pictures.")
    return _picture(parts, media_id, min(names, key=lambda name: abs(_time_ms(name) - at_ms)))


@router.get(
    "/stills/{number}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, **documented(401, 403, 404)},
)
def read_still(
    media_id: MediaId, number: Annotated[int, Path(ge=0)], parts: PartsDep, _actor: Reader
) -> Response:
    """Give one sampled picture as JPEG."""
    names = _names(parts, media_id)
    if number >= len(names):
        raise NotFound(f"This item has {len(names)} sampled pictures, numbered from 0.")
    return _picture(parts, media_id, names[number])


@router.get("/fingerprint", responses=documented(401, 403, 404))
def read_fingerprint(media_id: MediaId, session: Reading, _actor: Reader) -> FingerprintAnswer:
    """Give what is kept of an item to find it again, frame by frame."""
    media.get(session, media_id)
    stored = db.fingerprints.of_media(session, media_id)
    if stored is None:
        raise NotFound("This item has no fingerprint yet.")
    return media_views.describe_fingerprint(media_id, stored.encoded)


def _picture(parts: Parts, media_id: str, name: str) -> Response:
    with zipfile.ZipFile(parts.blobs.derived_path(media_id, PICTURES)) as pack:
        jpeg = pack.read(name)
    return Response(jpeg, media_type="image/jpeg", headers=_INERT)


def _names(parts: Parts, media_id: str) -> list[str]:
    with parts.database.read() as session:
        media.get(session, media_id)
    pack_path = parts.blobs.derived_path(media_id, PICTURES)
    if not pack_path.exists():
        return []
    with zipfile.ZipFile(pack_path) as pack:
        return [name for name in pack.namelist() if _ENTRY.match(name)]


def _time_ms(name: str) -> int:
    return int(name.removesuffix(".jpg").split("-")[1])
