"""The page to bring files: many and in pieces by its scripts, one by its form without them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from app.access import Actor, Scope
from app.bootstrap import Parts
from app.db.collections import Collection
from app.db.paging import Paged
from app.desk import ways
from app.desk.forms import zoned
from app.desk.match_views import rows
from app.desk.refusals import Refusal
from app.desk.signed_in import Uploader, Viewer
from app.desk.templating import render
from app.door.arrivals import address_of, claim_of, in_blocks
from app.door.form_upload import receiving
from app.door.multipart import UploadForm
from app.door.requests import PartsDep
from app.errors import ServiceError
from app.schemas.enums import SourceKind
from app.schemas.privacy_enums import SensitivityFlag
from app.services import collections, leftovers, media, upload_results

router = APIRouter(prefix="/upload")

UNLIMITED_BYTES = 1 << 62  # what a file may have is checked as it comes
MOST_RESULTS = 50


@router.get("")
def show_upload(request: Request, parts: PartsDep, actor: Uploader) -> Response:
    """The page."""
    return _page(request, parts, actor)


@router.post("", max_body_size=UNLIMITED_BYTES)
async def bring(request: Request, parts: PartsDep, actor: Uploader) -> Response:
    """Take in the form's file and show its item, or say in the form why not."""
    typed: dict[str, list[str]] = {}
    try:
        async with receiving(request, parts, actor) as form:
            typed = form.fields
            await in_blocks(request.stream(), form.feed)
            media_id = await run_in_threadpool(_enter, request, parts, form, actor)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except (ServiceError, RequestValidationError) as error:
        refusal = Refusal.of(error)
        return await run_in_threadpool(_page, request, parts, actor, refusal, typed)
    return ways.see(f"/desk/media/{media_id}")


@router.get("/results")
def show_results(
    request: Request,
    parts: PartsDep,
    _actor: Viewer,
    item: Annotated[list[str], Query(max_length=MOST_RESULTS)],
) -> Response:
    """How far items are and the best that was found of each, for the script of the page."""
    with parts.database.read() as session:
        found = upload_results.read(session, item)
    shown = [(each, rows([each.best])[0] if each.best else None) for each in found]
    return render(request, "upload_results.html", found=shown)


def _enter(request: Request, parts: Parts, form: UploadForm, actor: Actor) -> str:
    incoming, container = form.finish()
    said = {name: [zoned(name, each) for each in given] for name, given in form.fields.items()}
    claim = claim_of(form.filename, said)
    arrival = media.Arrival(incoming, container, claim, address_of(request))
    with leftovers.adopted(parts.database, parts.blobs, incoming) as keep:
        with parts.database.write() as session:
            item, _ = media.receive(session, parts.blobs, parts.jobs, arrival, actor)
            media_id = item.id
        keep()
    return media_id


def _page(
    request: Request,
    parts: Parts,
    actor: Actor,
    refusal: Refusal | None = None,
    typed: dict[str, list[str]] | None = None,
) -> Response:
    choices: Paged[Collection] = Paged(items=[], next=None)
    if Scope.KNOWN_WRITE in actor.scopes:
        with parts.database.read() as session:
            choices = collections.choices(session)
    values: dict[str, Any] = {
        "collections": choices,
        "source_kinds": list(SourceKind),
        "flags": list(SensitivityFlag),
        "refusal": refusal,
        "typed": typed or {},
    }
    return render(request, "upload.html", status=refusal.status if refusal else 200, **values)
