"""Exchange with partners by fingerprint only: bundles out and in, and blind questions."""

import hashlib
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from app.access import Actor
from app.api.dependencies import Asking, Curator, PartsDep, Recorder
from app.api.idempotency import Answer, KeyedWriter, StreamedWrite
from app.api.lookups import MAX_WAIT_S, waited
from app.api.problems import documented
from app.blobs.disk import mapped
from app.blobs.local import Incoming
from app.bootstrap import Parts
from app.db.partners import Partner
from app.door.arrivals import in_blocks
from app.errors import Busy
from app.schemas.exchange import (
    ExportFormat,
    ImportedBundle,
    NewExport,
    NewQuery,
    QueryAnswer,
    SigningIdentity,
)
from app.schemas.lookups import LookupAnswer
from app.services import blind_queries, bundle_import, exporting, lookups, partners

router = APIRouter(prefix="/v1/exchange", tags=["exchange"])

BUNDLE_MAX_BYTES = 512 * 1024**2
_TYPES = {
    ExportFormat.BUNDLE: "application/x-ndjson",
    ExportFormat.CSV: "text/csv",
    ExportFormat.TEXT: "text/plain",
}
_WRITTEN: dict[int | str, dict[str, Any]] = {
    201: {"description": "The bundle.", "content": {each: {} for each in _TYPES.values()}}
}
_BUNDLE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


@router.get("/identity", responses=documented(401, 403))
def read_identity(parts: PartsDep, _actor: Curator) -> SigningIdentity:
    """Read what partners put on their allow-list: the key that signs this desk's bundles."""
    key = parts.sealer.key
    return SigningIdentity(signing_key_id=key.id, public_key=key.public_pem.decode())


@router.post(
    "/exports",
    status_code=201,
    response_class=Response,
    responses={**_WRITTEN, **documented(401, 403, 422)},
)
def export(body: NewExport, parts: PartsDep, actor: Recorder) -> Response:
    """Make the next bundle of a feed; each call makes another one, with the feed's whole state."""
    made = exporting.make(parts.database, parts.sealer.key, body, actor)
    headers = {"Exchange-Seq": str(made.export.seq), "Exchange-SHA256": made.export.sha256}
    return Response(made.body, status_code=201, headers=headers, media_type=_TYPES[body.format])


@router.post(
    "/imports",
    status_code=201,
    response_model=ImportedBundle,
    responses=documented(401, 403, 409, 413, 422, 507),
    openapi_extra=_BUNDLE,
    max_body_size=BUNDLE_MAX_BYTES,
)
async def import_bundle(
    request: Request, parts: PartsDep, actor: Curator, write_of: StreamedWrite
) -> Response:
    """Take in a bundle of a partner: its entries become that partner's hash list."""
    parts.blobs.check_room(int(request.headers.get("content-length") or 0))
    try:
        with parts.blobs.receive() as incoming:
            await in_blocks(request.stream(), incoming.write)
            write = write_of(incoming.sha256)
            return await run_in_threadpool(_imported, parts, incoming, actor, write)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it


def _imported(parts: Parts, incoming: Incoming, actor: Actor, write: KeyedWriter) -> Response:
    if (kept := write.kept(actor)) is not None:
        return kept
    taken = bundle_import.take_in(parts.database, mapped(incoming.path), actor)

    def work(session: Session) -> Answer:
        return Answer(taken.finish(session), status_code=201)

    return write(actor, work)


@router.post("/queries", responses=documented(401, 403, 422, 429, 503))
async def query(body: NewQuery, request: Request, parts: PartsDep, actor: Asking) -> QueryAnswer:
    """Answer a partner whether there is anything like this: in buckets, and without keeping it."""
    partner, lookup_id = await run_in_threadpool(_ask, parts, body, actor)
    answer = await waited(request, parts, lookup_id, actor, MAX_WAIT_S)
    if answer is None:
        raise Busy("There is no answer in time; ask again.")
    found = LookupAnswer.model_validate(answer)
    return await run_in_threadpool(_told, parts, partner, body, found)


def _ask(parts: Parts, asked: NewQuery, actor: Actor) -> tuple[Partner, str]:
    with parts.database.write() as session:
        partner = partners.asking(session, actor)
    digest = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()
    with parts.database.write() as session:
        question = blind_queries.question(asked)
        return partner, lookups.ask(session, parts.jobs, question, digest, actor)


def _told(parts: Parts, partner: Partner, asked: NewQuery, found: LookupAnswer) -> QueryAnswer:
    with parts.database.read() as session:
        return blind_queries.answer(session, partner, asked, found)
