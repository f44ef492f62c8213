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
from app.api.dependencies import PartsDep, Uploader
from app.api.idempotency import REPLAYED, Answer, IdempotencyKey, KeyedWriter, route_of
from app.api.problems import documented
from app.blobs.local import Incoming
from app.bootstrap import Parts
from app.door.arrivals import address_of, claim_of, in_blocks
from app.door.form_upload import receiving
from app.door.multipart import UploadForm
from app.schemas.media import MediaAnswer, UploadFields
from app.services import idempotency, leftovers, media, media_views

router = APIRouter(tags=["media"])


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
    try:
        async with receiving(request, parts, actor) as form:
            await in_blocks(request.stream(), form.feed)
            write = _writer(request, parts, idempotency_key, form)
            incoming, container = form.finish()
            claim = claim_of(form.filename, form.fields)
            arrival = media.Arrival(incoming, container, claim, address_of(request))
            return await run_in_threadpool(_enter, parts, incoming, arrival, actor, write)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it


def _writer(request: Request, parts: Parts, key: str | None, form: UploadForm) -> KeyedWriter:
    incoming, _ = form.finish()
    said = [repr((name, values)) for name, values in sorted(form.fields.items())]
    digest = idempotency.digest(incoming.sha256, form.filename, *said)
    return KeyedWriter(parts.database, key, route_of(request), digest)


def _enter(
    parts: Parts, incoming: Incoming, arrival: media.Arrival, actor: Actor, write: KeyedWriter
) -> Response:
    def work(session: Session) -> Answer:
        item, duplicate = media.receive(session, parts.blobs, parts.jobs, arrival, actor)
        body = media_views.show(session, item, duplicate=duplicate)
        headers = {"Location": body.links["self"]}
        return Answer(body, status_code=200 if duplicate else 202, headers=headers)

    with leftovers.adopted(parts.database, parts.blobs, incoming) as keep:
        answer: Response = write(actor, work)
        if REPLAYED not in answer.headers:
            keep()
    return answer
