"""What a match rests on, as pictures: each aligned pair drawn, and the contact sheet."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response

from app import services
from app.api.conditional import IfNoneMatch, Precondition, content_etag
from app.api.dependencies import PartsDep, Reader
from app.api.media_files import INERT
from app.api.problems import documented
from app.bootstrap import Parts
from app.schemas.matches import MatchItem
from app.services import evidence
from app.services.evidence import DRAWN, Drawing

_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}},
    304: {"description": "The caller has this picture."},
    **documented(401, 403, 404),
}

router = APIRouter(prefix="/v1/matches/{match_id}", tags=["matches"])


@router.get("/evidence/{number}/{drawing}", response_class=Response, responses=_JPEG)
def draw_evidence(
    match_id: str,
    number: Annotated[int, Path(ge=0)],
    drawing: Drawing,
    parts: PartsDep,
    _actor: Reader,
    if_none_match: IfNoneMatch,
) -> Response:
    """Draw an aligned pair: either picture with what the other shows outlined, or the difference."""
    match = _read(parts, match_id)
    tag = f'"{DRAWN}-{drawing}-{content_etag(evidence.find(match, number))[1:]}'
    return _answer(
        if_none_match, tag, lambda: evidence.picture(parts.blobs, match, number, drawing)
    )


@router.get("/sheet", response_class=Response, responses=_JPEG)
def draw_sheet(
    match_id: str, parts: PartsDep, _actor: Reader, if_none_match: IfNoneMatch
) -> Response:
    """Draw the contact sheet: both timelines, every segment, and the aligned pairs."""
    match = _read(parts, match_id)
    tag = f'"{DRAWN}-sheet-{content_etag(match)[1:]}'
    return _answer(if_none_match, tag, lambda: evidence.sheet(parts.blobs, match))


def _read(parts: Parts, match_id: str) -> MatchItem:
    # No transaction is open while something is drawn.
    with parts.database.read() as session:
        return services.matches.read(session, match_id)


def _answer(condition: Precondition, tag: str, draw: Callable[[], bytes]) -> Response:
    headers = {**INERT, "ETag": tag, "Cache-Control": "private, no-cache"}
    if condition.given and condition.holds(tag):
        return Response(status_code=304, headers=headers)
    return Response(draw(), media_type="image/jpeg", headers=headers)
