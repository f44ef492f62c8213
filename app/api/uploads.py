"""`/v1/uploads`: tus 1.0.0, for files that are too large to be sent again when a connection breaks."""

from contextlib import closing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from app.access import Actor
from app.api import tus
from app.api.dependencies import PartsDep, Uploader
from app.api.problems import documented
from app.api.upload_requests import elsewhere, receive, repeated, take, upload_store
from app.bootstrap import Parts
from app.db.uploads import Upload
from app.door.arrivals import claim_of
from app.door.arriving_file import too_large
from app.errors import UnsupportedMedia
from app.schemas.uploads import UploadAnswer
from app.schemas.webhook_enums import Rejection
from app.services import uploads

router = APIRouter(prefix=tus.PREFIX, tags=["uploads"])

MEDIA_ID = "Media-Id"
UNLIMITED_BYTES = 1 << 62  # what an upload may have is checked as it comes

_BODY: dict[str, Any] = {
    "requestBody": {
        "content": {tus.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    }
}

UploadId = Annotated[str, Path(min_length=1, max_length=64)]
ContentType = Annotated[str, Header(include_in_schema=False)]
UploadChecksum = Annotated[
    str, Header(description="`sha256` or `sha1`, a space, and the body's digest in base64.")
]


@router.options("", status_code=204)
def tell_abilities(parts: PartsDep) -> Response:
    """Tell what this server can do of the tus protocol."""
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(parts.settings.upload_max_bytes),
        "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
    }
    return Response(status_code=204, headers=headers)


@router.post(
    "",
    status_code=201,
    response_class=Response,
    responses=documented(400, 401, 403, 412, 413, 415, 422, 429, 507),
    openapi_extra=_BODY,
    max_body_size=UNLIMITED_BYTES,
)
async def create_upload(
    *,
    request: Request,
    parts: PartsDep,
    actor: Uploader,
    upload_length: Annotated[int, Header(ge=0, description="The file's size in bytes.")],
    upload_metadata: Annotated[
        str, Header(description="`filename` and the form's fields: each a name and base64.")
    ] = "",
    content_type: ContentType = "",
    upload_checksum: UploadChecksum = "",
) -> Response:
    """Begin an upload; its first bytes may come along. `Location` says where to go on."""
    metadata = tus.metadata_of(upload_metadata)
    claim = claim_of(metadata.filename, metadata.fields)
    max_bytes = parts.settings.upload_max_bytes
    if upload_length > max_bytes:
        await _tell(parts, Rejection.TOO_LARGE, metadata.filename, actor)
        raise too_large(max_bytes)
    if upload_length == 0:
        await _tell(parts, Rejection.NOT_MEDIA, metadata.filename, actor)
        raise UnsupportedMedia("The file is empty.")
    brings_bytes = request.headers.get("content-length", "0") != "0" or bool(content_type)
    if brings_bytes:
        _check_type(content_type)
    checksum = tus.checksum_of(upload_checksum) if upload_checksum else None
    said = (upload_length, upload_metadata, claim, actor)
    upload = await run_in_threadpool(uploads.create, upload_store(parts), *said)
    if brings_bytes:
        taken = await take(parts, upload.id, actor)
        assert not isinstance(taken, Upload)  # nobody else knows of it
        with closing(taken):
            if checksum:
                taken.expect(checksum)
            upload = await receive(request, parts, taken, actor)
    location = uploads.show(upload).links["self"]
    return Response(status_code=201, headers={"Location": location, **_headers(upload)})


@router.head(
    "/{upload_id}",
    response_class=Response,
    responses=documented(401, 403, 404, 412, 415, 423),
)
async def read_offset(upload_id: UploadId, parts: PartsDep, actor: Uploader) -> Response:
    """Say where to go on; a request that is still at this upload ends with that."""
    taken = await take(parts, upload_id, actor)
    if isinstance(taken, Upload):
        if taken.failure:
            raise UnsupportedMedia(**taken.failure)
        upload = taken
    else:
        with closing(taken):
            upload = taken.upload
    headers = {"Upload-Length": str(upload.length_bytes), **_headers(upload)}
    if upload.said:
        headers["Upload-Metadata"] = upload.said
    return Response(headers=headers)


@router.get("/{upload_id}", responses=documented(401, 403, 404))
def read_upload(upload_id: UploadId, parts: PartsDep, actor: Uploader) -> UploadAnswer:
    """Read how far an upload is and what it became; disturbs nobody, and takes no tus header."""
    return uploads.show(uploads.get(parts.database, upload_id, actor))


@router.patch(
    "/{upload_id}",
    status_code=204,
    responses=documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 423, 507)
    | {460: {"description": "Checksum Mismatch", "content": documented(400)[400]["content"]}},
    openapi_extra=_BODY,
    max_body_size=UNLIMITED_BYTES,
)
async def append(
    *,
    request: Request,
    upload_id: UploadId,
    parts: PartsDep,
    actor: Uploader,
    upload_offset: Annotated[int, Header(ge=0, description="Where these bytes begin.")],
    content_type: ContentType = "",
    upload_checksum: UploadChecksum = "",
) -> Response:
    """Add bytes. The last ones make the item, which `Media-Id` names; sent again, they change nothing."""
    _check_type(content_type)
    checksum = tus.checksum_of(upload_checksum) if upload_checksum else None
    taken = await take(parts, upload_id, actor)
    if isinstance(taken, Upload):
        upload = await repeated(request, taken, upload_offset)
        return Response(status_code=204, headers=_headers(upload))
    with closing(taken):
        if upload_offset != taken.offset_bytes:
            raise elsewhere(taken.offset_bytes)
        if checksum:
            taken.expect(checksum)
        upload = await receive(request, parts, taken, actor)
    return Response(status_code=204, headers=_headers(upload))


@router.delete("/{upload_id}", status_code=204, responses=documented(401, 403, 404, 412, 423))
async def end_upload(upload_id: UploadId, parts: PartsDep, actor: Uploader) -> Response:
    """Forget an upload and its bytes; an item that it became stays."""
    taken = await take(parts, upload_id, actor)
    if isinstance(taken, Upload):
        await run_in_threadpool(uploads.forget, parts.database, taken)
    else:
        with closing(taken):
            await run_in_threadpool(uploads.remove, upload_store(parts), taken)
    return Response(status_code=204)


async def _tell(parts: Parts, reason: Rejection, filename: str, actor: Actor) -> None:
    await run_in_threadpool(parts.refused_uploads.tell, reason, filename, actor)


def _check_type(content_type: str) -> None:
    if content_type != tus.CONTENT_TYPE:
        raise UnsupportedMedia(f"Send the bytes as '{tus.CONTENT_TYPE}'.")


def _headers(upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.offset_bytes)}
    if upload.media_id:
        return {**headers, MEDIA_ID: upload.media_id}
    return {**headers, "Upload-Expires": tus.http_date(upload.expires_at)}
