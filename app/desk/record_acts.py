"""What people do on the record's page: each form calls the service that the API calls."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from app import services
from app.db.verifications import Verification
from app.desk import finding_form
from app.desk.forms import FormDep
from app.desk.item_form import ItemForm
from app.desk.items import MediaId
from app.desk.record import record_page
from app.desk.signed_in import Recorder, Uploader, Viewer
from app.door.requests import PartsDep
from app.schemas.claims import NewClaim
from app.schemas.corroborations import NewCorroboration
from app.schemas.findings import NewFinding
from app.schemas.notes import NewNote
from app.schemas.proposals import ProposalDecision
from app.schemas.rights import NewRights
from app.schemas.verifications import TransitionRequest
from app.services import findings

router = APIRouter(prefix="/media/{media_id}/record")

_FINDING: TypeAdapter[NewFinding] = TypeAdapter(NewFinding)

Act = partial(ItemForm, "record", record_page)


@router.post("/findings")
def record_finding(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Record what was found out about one pillar."""

    def record(session: Session, verification: Verification, body: dict[str, Any]) -> object:
        current = {str(each.pillar): each.evidence for each in findings.current(session, media_id)}
        said = finding_form.completed(form, body, current.get(form.one("pillar"), []))
        return findings.record(session, verification, _FINDING.validate_python(said), actor)

    return Act(request, parts, actor, form)(media_id, record)


@router.post("/claims")
def add_claim(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Add what somebody says about the event."""
    return Act(request, parts, actor, form)(
        media_id,
        lambda session, record, body: services.claims.add(
            session, record, NewClaim.model_validate(body), actor
        ),
    )


@router.post("/corroborations")
def add_corroboration(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Add what a source says of the file or of a claim."""

    def add(session: Session, record: Verification, body: dict[str, Any]) -> object:
        target = body.pop("target", "media")
        about = {"about": "media"} if target == "media" else {"about": "claim", "target_id": target}
        wanted = NewCorroboration.model_validate({**body, **about})
        return services.corroborations.add(session, record, wanted, actor)

    return Act(request, parts, actor, form)(media_id, add)


@router.post("/notes")
def add_note(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Uploader, form: FormDep
) -> Response:
    """Write a note."""
    return Act(request, parts, actor, form)(
        media_id,
        lambda session, record, body: services.notes.add(
            session, record, NewNote.model_validate(body), actor
        ),
    )


@router.post("/rights")
def change_rights(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Say what the desk may do with the footage."""
    return Act(request, parts, actor, form)(
        media_id,
        lambda session, record, body: services.rights.change(
            session, record, NewRights.model_validate(body), actor
        ),
    )


@router.post("/transitions")
def change_status(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer, form: FormDep
) -> Response:
    """Change the status, or propose it where another editor has to approve."""
    four_eyes = parts.settings.four_eyes
    return Act(request, parts, actor, form)(
        media_id,
        lambda session, record, body: services.transitions.apply(
            session, record, TransitionRequest.model_validate(body), actor, four_eyes=four_eyes
        ),
    )


@router.post("/proposal/approve")
def approve(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer, form: FormDep
) -> Response:
    """Make what another person proposed."""
    four_eyes = parts.settings.four_eyes

    def make(session: Session, record: Verification, body: dict[str, Any]) -> None:
        note = ProposalDecision.model_validate(body).note
        services.proposals.approve(session, record, note, actor, four_eyes=four_eyes)

    return Act(request, parts, actor, form)(media_id, make)


@router.post("/proposal/refuse")
def refuse(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Viewer, form: FormDep
) -> Response:
    """Turn a proposal down, or take one's own back."""

    def turn_down(session: Session, record: Verification, body: dict[str, Any]) -> None:
        note = ProposalDecision.model_validate(body).note
        services.proposals.refuse(session, record, note, actor)

    return Act(request, parts, actor, form)(media_id, turn_down)
