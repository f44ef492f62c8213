"""`POST /v1/media`: a file of any size, streamed to the disk while it is hashed.

The only door that is `async`: the body's pieces are gathered on the event loop and handed in blocks
of about a megabyte to a thread, which parses, recognises, hashes and writes one block while the
next one arrives.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from app.access import Actor
from app.api.dependencies import PartsDep, Uploader
from app.api.idempotency import REPLAYED, Answer, IdempotencyKey, KeyedWriter, route_of
from app.api.multipart import UploadForm, too_large
from app.api.problems import documented
from app.bootstrap import Parts
from app.errors import PayloadTooLarge, UnsupportedMedia
from app.schemas.media import MediaAnswer, UploadFields
from app.schemas.webhook_enums import Rejection
from app.services import idempotency, leftovers, media, media_views

router = APIRouter(tags=["media"])

BLOCK_BYTES = 1024 * 1024
FORM_MAX_BYTES = 1024 * 1024  # boundaries, headers and fields around the file
_REPEATABLE = ("collection", "sensitivity", "tags")

_properties = UploadFields.model_json_schema(ref_template="#/components/schemas/{model}")[
    "properties"
]
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}, **_properties},
                }
            }
        },
    }
}


@router.post(
    "/v1/media",
    status_code=202,
    response_model=MediaAnswer,
    responses={
        200: {"model": MediaAnswer, "description": "The desk had this content: a new receipt."},
        **documented(401, 403, 413, 415, 422, 507),
    },
    openapi_extra=_BODY,
    max_body_size=1 << 62,
)
async def upload(
    request: Request, parts: PartsDep, actor: Uploader, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take in a file: 202 once it is safe on the disk and in the books, 200 if it was here."""
    max_bytes = parts.settings.upload_max_bytes
    announced = int(request.headers.get("content-length") or 0)
    if announced > max_bytes + FORM_MAX_BYTES:
        await _tell(parts, Rejection.TOO_LARGE, "", actor)
        raise too_large(max_bytes)
    parts.blobs.check_room(announced)
    content_type = request.headers.get("content-type", "")
    form = UploadForm(content_type, max_bytes, parts.blobs.receive)
    try:
        await _take_in(request, form)
        write = _writer(request, parts, idempotency_key, form)
        arrival = media.Arrival(*form.finish(), _claim(form), _address(request))
        return await run_in_threadpool(_enter, parts, arrival, actor, write)
    except UnsupportedMedia:
        await _tell(parts, Rejection.NOT_MEDIA, form.filename, actor)
        raise
    except PayloadTooLarge:
        await _tell(parts, Rejection.TOO_LARGE, form.filename, actor)
        raise
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    finally:
        form.close()


async def _tell(parts: Parts, reason: Rejection, filename: str, actor: Actor) -> None:
    await run_in_threadpool(parts.refused_uploads.tell, reason, filename, actor)


async def _take_in(request: Request, form: UploadForm) -> None:
    loop = asyncio.get_running_loop()
    working: asyncio.Future[None] | None = None
    pieces: list[bytes] = []
    gathered = 0
    try:
        async for piece in request.stream():
            pieces.append(piece)
            gathered += len(piece)
            if gathered >= BLOCK_BYTES:
                if working:
                    await working
                working = loop.run_in_executor(None, form.feed, b"".join(pieces))
                pieces, gathered = [], 0
        if working:
            await working
        working = loop.run_in_executor(None, form.feed, b"".join(pieces))
        await working
    finally:
        if working and not working.done():
            await asyncio.wait([working])


def _writer(request: Request, parts: Parts, key: str | None, form: UploadForm) -> KeyedWriter:
    incoming, _ = form.finish()
    said = [repr((name, values)) for name, values in sorted(form.fields.items())]
    digest = idempotency.digest(incoming.sha256, form.filename, *said)
    return KeyedWriter(parts.database, key, route_of(request), digest)


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _enter(parts: Parts, arrival: media.Arrival, actor: Actor, write: KeyedWriter) -> Response:
    arrival.incoming.sync()
    parts.blobs.adopt(arrival.incoming)

    def work(session: Session) -> Answer:
        item, duplicate = media.receive(session, parts.blobs, parts.jobs, arrival, actor)
        body = media_views.show(session, item, duplicate=duplicate)
        headers = {"Location": body.links["self"]}
        return Answer(body, status_code=200 if duplicate else 202, headers=headers)

    answer: Response | None = None
    try:
        answer = write(actor, work)
    finally:
        # Refused, failed, or done long ago: the file that was just adopted may be nobody's.
        if answer is None or REPLAYED in answer.headers:
            leftovers.drop_content(parts.database, parts.blobs, arrival.incoming.sha256)
    return answer


def _claim(form: UploadForm) -> media.Claim:
    given: dict[str, Any] = {
        name: values if name in _REPEATABLE or len(values) > 1 else values[0]
        for name, values in form.fields.items()
    }
    try:
        said = UploadFields.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error
    return media.Claim(
        filename=form.filename,
        collections=tuple(said.collection),
        sensitivity=tuple(said.sensitivity),
        tags=tuple(said.tags),
        **said.model_dump(exclude={"collection", "sensitivity", "tags"}),
    )
