"""What people do for an item's care: flag it, restrict words, hold it, set how long it is kept."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.db.verifications import Verification
from app.desk import stretches
from app.desk.care import care_page
from app.desk.forms import Form, FormDep
from app.desk.item_form import ItemForm
from app.desk.items import MediaId
from app.desk.signed_in import PrivacyAdmin, Recorder
from app.door.requests import PartsDep
from app.errors import NotFound
from app.schemas.fields import TimeRange
from app.schemas.holds import HoldRelease, NewHold
from app.schemas.restricted_terms import RestrictedTerms
from app.schemas.retention import RetentionChange
from app.schemas.sensitivity import SensitivityAnswer, SensitivityChange
from app.services import holds, restricted_terms, retention, sensitivity

router = APIRouter(prefix="/media/{media_id}/care")

Act = partial(ItemForm, "care", care_page)


@router.post("/flags")
def flag(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Set all flags of an item, each with where in it that is."""

    def change(session: Session, record: Verification, _body: dict[str, Any]) -> None:
        wanted = _flags(form, sensitivity.read(session, media_id))
        sensitivity.change(session, record, wanted, actor)

    return Act(request, parts, actor, form)(media_id, change)


@router.post("/terms")
def restrict(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Put terms in place of those that may not go out with an item."""

    def change(session: Session, record: Verification, body: dict[str, Any]) -> None:
        wanted = RestrictedTerms.model_validate({"terms": [], **body})
        restricted_terms.replace(session, record, wanted.terms, actor)

    return Act(request, parts, actor, form)(media_id, change)


@router.post("/retention")
def keep(
    request: Request, media_id: MediaId, parts: PartsDep, actor: PrivacyAdmin, form: FormDep
) -> Response:
    """Put an item in a class by hand, or let its class follow from its state again."""

    def change(session: Session, record: Verification, body: dict[str, Any]) -> None:
        wanted = RetentionChange.model_validate({"retention_class": None, **body})
        retention.change(session, record, wanted, actor)

    return Act(request, parts, actor, form)(media_id, change)


@router.post("/holds")
def hold(
    request: Request, media_id: MediaId, parts: PartsDep, actor: PrivacyAdmin, form: FormDep
) -> Response:
    """Place a legal hold."""

    def place(session: Session, _record: Verification, body: dict[str, Any]) -> object:
        wanted = NewHold.model_validate({**body, "media_id": media_id})
        return holds.place(session, wanted, actor)

    return Act(request, parts, actor, form)(media_id, place)


@router.post("/holds/{hold_id}/release")
def release(
    *,
    request: Request,
    media_id: MediaId,
    hold_id: str,
    parts: PartsDep,
    actor: PrivacyAdmin,
    form: FormDep,
) -> Response:
    """End a hold on this item."""

    def end(session: Session, _record: Verification, body: dict[str, Any]) -> None:
        wanted = HoldRelease.model_validate(body)
        if holds.release(session, hold_id, wanted.reason, actor).media_id != media_id:
            raise NotFound("There is no such hold on this item.")

    return Act(request, parts, actor, form)(media_id, end)


def _flags(form: Form, there: SensitivityAnswer) -> SensitivityChange:
    """What the form asks for; a flag whose stretches the page did not ask for keeps them."""
    flags = form.values.get("flags", [])
    ranges: dict[str, list[TimeRange]] = {
        each.flag.value: each.time_ranges for each in there.details if each.flag in flags
    }
    for name in flags:
        if f"stretches.{name}" in form.values:
            ranges[name] = stretches.read(form.one(f"stretches.{name}"))
    return SensitivityChange.model_validate(
        {"flags": flags, "time_ranges": ranges, "reviewed": bool(form.one("reviewed"))}
    )
