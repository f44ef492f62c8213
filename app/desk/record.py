"""The record of one item as a page: findings, claims, sources, notes, status, publication, history."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app import services
from app.access import Actor
from app.bootstrap import Parts
from app.desk import record_views
from app.desk.items import MediaId
from app.desk.said import NOTHING_SAID, Said
from app.desk.signed_in import Viewer
from app.desk.templating import render
from app.door.requests import PartsDep
from app.schemas.enums import AuthenticityCode, SourceKind
from app.schemas.finding_enums import (
    DateBasis,
    EditedBySource,
    FindingVerdict,
    Interest,
    Originality,
    ProofKind,
)
from app.schemas.privacy_enums import BY_PEOPLE
from app.schemas.publications import Desk
from app.schemas.record_enums import (
    Basis,
    Independence,
    InformantKind,
    NoteVisibility,
    RightsState,
    Stance,
)
from app.services import media, media_views, records
from app.services.record_page import Reading

router = APIRouter(prefix="/media/{media_id}")

HISTORY_ROWS = 100
CHOICES: dict[str, Any] = {
    "authenticity": list(AuthenticityCode),
    "authorities": BY_PEOPLE,
    "bases": list(Basis),
    "date_bases": list(DateBasis),
    "edited": list(EditedBySource),
    "independences": list(Independence),
    "informants": list(InformantKind),
    "interests": list(Interest),
    "originality": list(Originality),
    "proofs": list(ProofKind),
    "rights": list(RightsState),
    "source_kinds": list(SourceKind),
    "stances": [each for each in Stance if each is not Stance.RETRACTS],
    "verdicts": list(FindingVerdict),
    "visibilities": list(NoteVisibility),
}


@router.get("/record")
def show_record(request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer) -> Response:
    """The record, with what this reader may do next and what that takes."""
    return record_page(request, parts, actor, media_id)


@router.get("/history")
def show_history(
    request: Request,
    media_id: MediaId,
    parts: PartsDep,
    actor: Viewer,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Every change of the record, oldest first."""
    four_eyes = parts.settings.four_eyes
    with parts.database.read() as session:
        item = media_views.show(session, media.get(session, media_id))
        record = records.read(session, media_id, actor, four_eyes=four_eyes)
        history = services.history.read(session, media_id, actor, HISTORY_ROWS, cursor)
    return render(request, "history.html", item=item, record=record, history=history)


def record_page(
    request: Request, parts: Parts, actor: Actor, media_id: str, said: Said = NOTHING_SAID
) -> Response:
    """The page, with what came of the last act."""
    settings = parts.settings
    publisher = Desk(name=settings.desk_name, url=settings.resolved_public_url)
    how = Reading(settings.four_eyes, publisher, said.choices)
    with parts.database.read() as session:
        page = services.record_page.read(session, media_id, actor, how)
    values: dict[str, Any] = {
        "page": page,
        "item": page.item,
        "record": page.record,
        "pillars": record_views.pillars(page),
        "ways": record_views.ways(page),
        "said": said,
        "choices": CHOICES,
    }
    status = said.refusal.status if said.refusal else 200
    return render(request, "record.html", status=status, **values)
