"""The page of one item: the clip, what known material explains of it, and what the file says."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from app import services
from app.access import Actor
from app.bootstrap import Parts
from app.core.media import MediaKind
from app.desk.match_views import MatchRow, coverage, rows
from app.desk.said import NOTHING_SAID, Said
from app.desk.showing import Showing
from app.desk.signed_in import Viewer
from app.desk.strips import Strip
from app.desk.templating import render
from app.desk.version_views import VersionRow, versions
from app.door.requests import PartsDep
from app.schemas.enums import MediaState
from app.schemas.media import MediaAnswer
from app.services.item_page import ItemPage

router = APIRouter()

MediaId = Annotated[str, Path(min_length=1, max_length=64)]
STILLS_SHOWN = 6
_SETTLED = (MediaState.READY, MediaState.FAILED)


@dataclass(frozen=True, slots=True)
class ItemView:
    """What the template is given."""

    page: ItemPage
    shown: Showing
    stills_ms: tuple[int, ...]
    strip: Strip | None
    matches: list[MatchRow]
    leads: list[MatchRow]
    further: list[MatchRow]
    is_settled: bool
    versions: list[VersionRow]


@router.get("/media/{media_id}")
def show_item(request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer) -> Response:
    """The item, blurred where it takes care."""
    return item_page(request, parts, actor, media_id)


@router.post("/media/{media_id}/clear")
def show_clearly(request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer) -> Response:
    """The same page with its pictures as they are; what is then seen is put into the audit chain."""
    return item_page(request, parts, actor, media_id, clear=True)


def item_page(
    request: Request,
    parts: Parts,
    actor: Actor,
    media_id: str,
    *,
    clear: bool = False,
    said: Said = NOTHING_SAID,
) -> Response:
    """The page, with why the last act was refused, if one was."""
    with parts.database.read() as session:
        page = services.item_page.read(session, media_id, actor, four_eyes=parts.settings.four_eyes)
    view = _view(page, actor, clear=clear)
    status = said.refusal.status if said.refusal else 200
    return render(request, "item.html", status=status, view=view, said=said)


def _view(page: ItemPage, actor: Actor, *, clear: bool) -> ItemView:
    found, item = page.matches, page.item
    every = rows(found.items)
    made = None
    if found.explained is not None:
        made = coverage(found.items, found.explained, item.kind, item.duration_ms)
    return ItemView(
        page=page,
        shown=Showing.of(page.sensitivity.flags, actor, clear=clear),
        stills_ms=_stills_ms(item),
        strip=made,
        matches=[each for each in every if each.alerts],
        leads=[each for each in every if not each.alerts],
        further=rows(page.further.items, of_known=True),
        is_settled=item.state in _SETTLED,
        versions=versions(page.versions),
    )


def _stills_ms(item: MediaAnswer) -> tuple[int, ...]:
    """At which times a strip of stills shows a video."""
    if item.state is not MediaState.READY or item.kind is not MediaKind.VIDEO:
        return ()
    part = (item.duration_ms or 0) / STILLS_SHOWN
    return tuple(round(part * (number + 0.5)) for number in range(STILLS_SHOWN)) if part else ()
