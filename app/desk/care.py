"""How one item is handled with care: what it shows, what may not be said, how long it is kept."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app import services
from app.access import Actor
from app.bootstrap import Parts
from app.desk import stretches
from app.desk.items import MediaId
from app.desk.said import NOTHING_SAID, Said
from app.desk.signed_in import Viewer
from app.desk.templating import render
from app.door.requests import PartsDep
from app.schemas.privacy_enums import BY_PEOPLE, RetentionClass, SensitivityFlag
from app.schemas.sensitivity import FlagAnswer
from app.services.care_page import Rules

router = APIRouter(prefix="/media/{media_id}/care")


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag: who set it if it is set, and its stretches as they are typed."""

    flag: SensitivityFlag
    told: FlagAnswer | None
    stretches: str


@router.get("")
def show_care(request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer) -> Response:
    """What this reader may see and do of an item's care."""
    return care_page(request, parts, actor, media_id)


def care_page(
    request: Request, parts: Parts, actor: Actor, media_id: str, said: Said = NOTHING_SAID
) -> Response:
    """The page, with what came of the last act."""
    rules = Rules(parts.retention, parts.settings.four_eyes)
    with parts.database.read() as session:
        page = services.care_page.read(session, media_id, actor, rules)
    told = {each.flag: each for each in page.sensitivity.details}
    values: dict[str, Any] = {
        "page": page,
        "item": page.item,
        "record": page.record,
        "flags": [_row(flag, told.get(flag)) for flag in SensitivityFlag],
        "said": said,
        "classes": list(RetentionClass),
        "authorities": BY_PEOPLE,
    }
    status = said.refusal.status if said.refusal else 200
    return render(request, "care.html", status=status, **values)


def _row(flag: SensitivityFlag, told: FlagAnswer | None) -> FlagRow:
    return FlagRow(flag, told, stretches.written(told.time_ranges) if told else "")
