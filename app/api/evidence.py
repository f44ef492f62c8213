"""What a match rests on, as pictures: each aligned pair drawn, and the contact sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response

from app import services
from app.access import Actor
from app.api.conditional import IfNoneMatch, Precondition, content_etag
from app.api.dependencies import PartsDep, Reader
from app.api.pictures import PICTURE, Blurred, headers_of, show
from app.api.problems import documented
from app.bootstrap import Parts
from app.schemas.matches import MatchItem
from app.services import evidence, viewing
from app.services.evidence import DRAWN, Drawing
from app.services.viewing import View

_JPEG: dict[int | str, dict[str, Any]] = {
    **PICTURE,
    304: {"description": "The caller has this picture."},
    **documented(401, 403, 404),
}

router = APIRouter(prefix="/v1/matches/{match_id}", tags=["matches"])


@router.get("/evidence/{number}/{drawing}", response_class=Response, responses=_JPEG)
def draw_evidence(
    match_id: str,
    number: Annotated[int, Path(ge=0)],
    drawing: Drawing,
    *,
    parts: PartsDep,
    actor: Reader,
    if_none_match: IfNoneMatch,
    blurred: Blurred = True,
) -> Response:
    """Draw an aligned pair: either picture with what the other shows outlined, or the difference."""
    match = _read(parts, match_id)
    pair = content_etag(evidence.find(match, number))[1:]

    def draw(view: View) -> bytes:
        return evidence.picture(parts.blobs, match, number, drawing, view)

    asked = _Asked(parts, actor, if_none_match, blurred=blurred)
    return asked.answer(match, f"evidence/{number}/{drawing}", f"{drawing}-{pair}", draw)


@router.get("/sheet", response_class=Response, responses=_JPEG)
def draw_sheet(
    match_id: str,
    parts: PartsDep,
    actor: Reader,
    if_none_match: IfNoneMatch,
    *,
    blurred: Blurred = True,
) -> Response:
    """Draw the contact sheet: both timelines, every segment, and the aligned pairs."""
    match = _read(parts, match_id)

    def draw(view: View) -> bytes:
        return evidence.sheet(parts.blobs, match, view)

    asked = _Asked(parts, actor, if_none_match, blurred=blurred)
    return asked.answer(match, "sheet", f"sheet-{content_etag(match)[1:]}", draw)


def _read(parts: Parts, match_id: str) -> MatchItem:
    # No transaction is open while something is drawn.
    with parts.database.read() as session:
        return services.matches.read(session, match_id)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for a picture, and how."""

    parts: Parts
    actor: Actor
    condition: Precondition
    blurred: bool

    def answer(
        self, match: MatchItem, what: str, tag: str, draw: Callable[[View], bytes]
    ) -> Response:
        """Give a drawing of both sides of a match, as the flags of both let it be seen."""
        sides = {match.query_media_id, match.known_media_id}
        view = viewing.admit(self.parts.database, self.actor, sides, blurred=self.blurred)
        named = f"match/{match.id}/{what}"
        if view.is_audited:  # each one is in the chain, so each one is sent
            return show(self.parts, self.actor, view, named, lambda: draw(view))
        tag = f'"{DRAWN}-{view.name}-{tag}'
        kept = {**headers_of(view), "ETag": tag, "Cache-Control": "private, no-cache"}
        if self.condition.given and self.condition.holds(tag):
            return Response(status_code=304, headers=kept)
        return Response(draw(view), media_type="image/jpeg", headers=kept)
