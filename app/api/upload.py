"""`POST /v1/media`: a file of any size, streamed to the disk while it is hashed.

A thread parses, recognises, hashes and writes one block while the next one arrives.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from app.access import Actor
from app.api.arrivals import address_of, claim_of, in_blocks
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

FORM_MAX_BYTES = 1024 * 1024  # boundaries, headers and fields around the file

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
        await in_blocks(request.stream(), form.feed)
        write = _writer(request, parts, idempotency_key, form)
        arrival = media.Arrival(
            *form.finish(), claim_of(form.filename, form.fields), address_of(request)
        )
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


def _writer(request: Request, parts: Parts, key: str | None, form: UploadForm) -> KeyedWriter:
    incoming, _ = form.finish()
    said = [repr((name, values)) for name, values in sorted(form.fields.items())]
    digest = idempotency.digest(incoming.sha256, form.filename, *said)
    return KeyedWriter(parts.database, key, route_of(request), digest)


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
