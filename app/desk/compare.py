"""The compare page: two items locked to their aligned times, and what a person says of them."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db, services
from app.access import Actor, Scope
from app.bootstrap import Parts
from app.db.matches import MatchFilter
from app.desk.compare_views import CompareView, view
from app.desk.refusals import Refusal, attempt
from app.desk.signed_in import Recorder, Viewer
from app.desk.templating import render
from app.door.requests import PartsDep
from app.schemas.matches import MatchItem, ReviewRequest
from app.services import media, media_views, reviews_taken_back
from app.services.viewing import GREY

router = APIRouter(prefix="/matches/{match_id}")

MatchId = Annotated[str, Path(min_length=1, max_length=64)]
MOST_BESIDE = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """How both sides may be shown together to this reader, now."""

    flagged: bool
    clear: bool
    grey: bool
    may_unblur: bool
    may_see: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """The matches before and after this one, and the next that waits for a person."""

    previous: str | None
    following: str | None
    unreviewed: str | None


@router.get("")
def show_match(request: Request, match_id: MatchId, parts: PartsDep, actor: Viewer) -> Response:
    """Both sides, blurred where either takes care."""
    return _page(request, parts, actor, match_id)


@router.post("/clear")
def show_clearly(request: Request, match_id: MatchId, parts: PartsDep, actor: Viewer) -> Response:
    """The same with pictures and clips as they are; the audit chain says who saw them."""
    return _page(request, parts, actor, match_id, clear=True)


@router.post("/review")
def review(
    *,
    request: Request,
    match_id: MatchId,
    parts: PartsDep,
    actor: Recorder,
    decision: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Say what this match is; an empty decision takes the last one back."""

    def refused(refusal: Refusal) -> Response:
        return _page(request, parts, actor, match_id, refusal=refusal)

    def work(session: Session) -> None:
        if not decision:
            reviews_taken_back.take_back(session, match_id, actor)
            return
        said = ReviewRequest.model_validate({"decision": decision, "note": note or None})
        services.matches.review(session, match_id, said, actor)

    return attempt(parts.database, work, f"/desk/matches/{match_id}", refused)


def _page(
    request: Request,
    parts: Parts,
    actor: Actor,
    match_id: str,
    *,
    clear: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    with parts.database.read() as session:
        match = services.matches.read(session, match_id)
        beside = _beside(session, match)
        shown = _shown(session, match, actor, clear=clear)
        made = _view(session, match)
    status = refusal.status if refusal else 200
    values: dict[str, Any] = {"view": made, "shown": shown, "beside": beside, "refusal": refusal}
    return render(request, "compare.html", status=status, **values)


def _view(session: Session, match: MatchItem) -> CompareView:
    query, known = (
        media_views.show(session, media.get(session, each))
        for each in (match.query_media_id, match.known_media_id)
    )
    return view(match, query, known)


def _beside(session: Session, match: MatchItem) -> Beside:
    found = db.matches.page(session, MatchFilter(match.query_media_id), MOST_BESIDE, None).items
    ids = [each.id for each in found]
    if match.id not in ids:
        return Beside(None, None, None)
    at = ids.index(match.id)
    waiting = [
        each.id
        for each in (*found[at + 1 :], *found[:at])
        if each.decision is None and each.grade in db.matches.ALERTING
    ]
    return Beside(
        previous=ids[at - 1] if at else None,
        following=ids[at + 1] if at + 1 < len(ids) else None,
        unreviewed=waiting[0] if waiting else None,
    )


def _shown(session: Session, match: MatchItem, actor: Actor, *, clear: bool) -> Shown:
    sides = {match.query_media_id, match.known_media_id}
    flags = {flag for each in db.sensitivity.flags_of(session, sides).values() for flag in each}
    may_unblur = Scope.MEDIA_SENSITIVE in actor.scopes
    return Shown(
        flagged=bool(flags),
        clear=not flags or (clear and may_unblur),
        grey=bool(flags & GREY),
        may_unblur=may_unblur,
        may_see=not flags or bool(actor.scopes & {Scope.MEDIA_WRITE, Scope.MEDIA_SENSITIVE}),
    )
