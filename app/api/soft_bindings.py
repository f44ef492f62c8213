"""`/v1/c2pa`: the C2PA Soft Binding Resolution API, over the desk's own fingerprints."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from app.access import Actor
from app.api.asked_files import UNLIMITED_BYTES, ask_about_body
from app.api.dependencies import PartsDep, Reader
from app.api.lookups import MAX_WAIT_S, ask, waited
from app.api.pictures import INERT
from app.api.problems import documented
from app.bootstrap import Parts
from app.core.provenance import manifest_store
from app.errors import Busy
from app.schemas.lookups import LookupAnswer
from app.schemas.soft_bindings import (
    Algorithm,
    BindingQuery,
    ResolvedManifest,
    ResolvedManifests,
    SupportedAlgorithms,
)
from app.services import soft_bindings
from app.services.lookups import FORGOTTEN_AFTER

router = APIRouter(prefix="/v1/c2pa", tags=["soft bindings"])

CONTENT_WAIT_S = int(FORGOTTEN_AFTER.total_seconds()) - 30
"""Nearly as long as a question is kept: there is no other place to read the answer at."""

type Resolve = Callable[[Session, Actor, LookupAnswer], list[ResolvedManifest]]

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": dict.fromkeys(("image/*", "video/*", "audio/*"), _BINARY),
    }
}
MaxResults = Annotated[int, Query(alias="maxResults", ge=1)]


@router.get("/services/supportedAlgorithms", responses=documented(401, 403))
def list_algorithms(_actor: Reader) -> SupportedAlgorithms:
    """List the algorithms that can be asked by: own names, since the C2PA's list has none of them."""
    named = [Algorithm(alg=each) for each in soft_bindings.ALGORITHMS]
    return SupportedAlgorithms(fingerprints=named)


@router.get("/matches/byBinding", responses=documented(400, 401, 403, 422, 503))
async def resolve_binding(
    request: Request,
    parts: PartsDep,
    actor: Reader,
    *,
    alg: str,
    value: str,
    max_results: MaxResults = 10,
) -> ResolvedManifests:
    """Find the manifests of what has a picture of this hash."""
    return await _by_binding(request, parts, actor, BindingQuery(alg=alg, value=value), max_results)


@router.post("/matches/byBinding", responses=documented(400, 401, 403, 422, 503))
async def resolve_posted_binding(
    body: BindingQuery,
    request: Request,
    parts: PartsDep,
    actor: Reader,
    max_results: MaxResults = 10,
) -> ResolvedManifests:
    """Find the same, asked in a body."""
    return await _by_binding(request, parts, actor, body, max_results)


@router.post(
    "/matches/byContent",
    response_model=ResolvedManifests,
    responses=documented(400, 401, 403, 413, 415, 422, 429, 503, 507),
    openapi_extra=_BODY,
    max_body_size=UNLIMITED_BYTES,
)
async def resolve_content(
    request: Request,
    parts: PartsDep,
    actor: Reader,
    *,
    alg: Annotated[str | None, Query(description="Checked; a file is matched in full.")] = None,
    max_results: MaxResults = 10,
) -> Response | ResolvedManifests:
    """Find the manifests of what the file in the body surely shows; the file is not kept."""
    if alg is not None:
        soft_bindings.check(alg)
    try:
        lookup_id = await ask_about_body(request, parts, actor)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    found = await _found(request, parts, lookup_id, actor, CONTENT_WAIT_S)
    return await _told(parts, actor, soft_bindings.by_content, found, max_results)


@router.get(
    "/manifests/{manifest_id:path}",
    response_class=Response,
    responses={200: {"content": {"application/c2pa": {}}}, **documented(401, 403, 404, 410)},
)
def read_manifest(
    manifest_id: str,
    parts: PartsDep,
    actor: Reader,
    *,
    active_alone: Annotated[bool, Query(alias="returnActiveManifest")] = False,
) -> Response:
    """Give the whole manifest store that has this active manifest, or that manifest's own box.

    It can hold a picture: of a sensitive item this is the same as reading its file.
    """
    store = soft_bindings.manifest_store(parts.database, parts.blobs, actor, manifest_id)
    if active_alone:
        store = manifest_store.active_manifest(store) or store
    return Response(store, media_type="application/c2pa", headers=INERT)


async def _by_binding(
    request: Request, parts: Parts, actor: Actor, asked: BindingQuery, max_results: int
) -> ResolvedManifests:
    question = soft_bindings.question(asked.alg, asked.value)
    lookup_id = await run_in_threadpool(ask, parts, question, question["hash"], actor)
    found = await _found(request, parts, lookup_id, actor, MAX_WAIT_S)
    return await _told(parts, actor, soft_bindings.by_binding, found, max_results)


async def _found(
    request: Request, parts: Parts, lookup_id: str, actor: Actor, wait_s: int
) -> LookupAnswer:
    answer = await waited(request, parts, lookup_id, actor, wait_s)
    if answer is None:
        raise Busy("There is no answer in time; ask again.")
    return LookupAnswer.model_validate(answer)


async def _told(
    parts: Parts, actor: Actor, resolve: Resolve, found: LookupAnswer, max_results: int
) -> ResolvedManifests:
    def read() -> list[ResolvedManifest]:
        with parts.database.read() as session:
            return resolve(session, actor, found)

    return ResolvedManifests(matches=(await run_in_threadpool(read))[:max_results])
