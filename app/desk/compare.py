"""The page of one match: both items side by side at the aligned times, and what people say of it."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app import services
from app.access import Actor
from app.bootstrap import Parts
from app.desk import forms
from app.desk.compare_views import view_of
from app.desk.refusals import Refusal, attempt
from app.desk.said import NOTHING_SAID, Said
from app.desk.signed_in import Recorder, Viewer
from app.desk.templating import render
from app.door.requests import PartsDep
from app.schemas.enums import ReviewDecision
from app.schemas.matches import ReviewRequest
from app.services import frame_tables, media

router = APIRouter()

GivenId = Annotated[str, Path(min_length=1, max_length=64)]


class ReviewForm(BaseModel):
    """A decision, and what was noted with it."""

    decision: ReviewDecision
    note: Annotated[str, Field(max_length=20_000)] = ""


@router.get("/matches/{match_id}")
def show_match(request: Request, match_id: GivenId, parts: PartsDep, actor: Viewer) -> Response:
    """Both items at the aligned times; blurred pictures where one of them takes care."""
    return _page(request, parts, actor, match_id)


@router.post("/matches/{match_id}/clear")
def show_clearly(request: Request, match_id: GivenId, parts: PartsDep, actor: Viewer) -> Response:
    """The same page with pictures as they are; what is then seen is put into the audit chain."""
    return _page(request, parts, actor, match_id, clear=True)


@router.post("/matches/{match_id}/review")
def review(
    request: Request,
    match_id: GivenId,
    parts: PartsDep,
    actor: Recorder,
    form: Annotated[ReviewForm, Form()],
) -> Response:
    """Say what you conclude of the match."""
    wanted = ReviewRequest(decision=form.decision, note=form.note.strip() or None)

    def refused(refusal: Refusal) -> Response:
        said = Said(refusal, forms.Form((("note", form.note),)))
        return _page(request, parts, actor, match_id, said=said)

    return attempt(
        parts.database,
        lambda session: services.matches.review(session, match_id, wanted, actor),
        _address(match_id),
        refused,
    )


@router.post("/matches/{match_id}/review/undo")
def take_back(request: Request, match_id: GivenId, parts: PartsDep, actor: Recorder) -> Response:
    """Take back your own decision of a moment ago."""

    def refused(refusal: Refusal) -> Response:
        return _page(request, parts, actor, match_id, said=Said(refusal))

    return attempt(
        parts.database,
        lambda session: services.reviews.take_back(session, match_id, actor),
        _address(match_id),
        refused,
    )


@router.get("/media/{media_id}/frames.json")
def read_frames(media_id: GivenId, parts: PartsDep, _actor: Viewer) -> Response:
    """When each frame of a video is shown (`FrameTable`), for the scripts that step through it."""
    with parts.database.read() as session:
        sha256 = media.get(session, media_id).sha256
    table = frame_tables.of_item(parts.blobs, media_id, sha256)
    return Response(table, media_type="application/json")


def _address(match_id: str) -> str:
    return f"/desk/matches/{match_id}"


def _page(
    request: Request,
    parts: Parts,
    actor: Actor,
    match_id: str,
    *,
    clear: bool = False,
    said: Said = NOTHING_SAID,
) -> Response:
    with parts.database.read() as session:
        page = services.compare_page.read(session, match_id, actor)
    view = view_of(page, actor, clear=clear)
    status = said.refusal.status if said.refusal else 200
    return render(request, "compare.html", status=status, view=view, said=said)
