"""The end of an item at a browser: proposed, purged on somebody's word, or taken back by who brought it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.db.verifications import Verification
from app.desk import problems, ways
from app.desk.care_acts import Act
from app.desk.forms import FormDep
from app.desk.item_form import OF_PAGE, ItemForm
from app.desk.items import MediaId
from app.desk.refusals import Refusal, tried
from app.desk.said import Said
from app.desk.signed_in import PrivacyAdmin, Recorder, Uploader
from app.desk.words import catalogue
from app.door.requests import PartsDep
from app.errors import Gone, Unprocessable
from app.schemas.purging import NewPurgeProposal, PurgeRequest
from app.services import late_purges, purge_proposals, purging, shredding

router = APIRouter(prefix="/media/{media_id}/care")


@router.post("/purge")
def purge(
    request: Request, media_id: MediaId, parts: PartsDep, actor: PrivacyAdmin, form: FormDep
) -> Response:
    """Purge an item; what is left of it is shown in its place."""

    def wanted(_session: Session) -> PurgeRequest:
        return PurgeRequest.model_validate(form.body(*OF_PAGE, "sure"))

    return _end(Act(request, parts, actor, form), media_id, wanted)


@router.post("/purge-proposal")
def propose(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Ask an administrator to purge an item."""

    def ask(session: Session, record: Verification, body: dict[str, Any]) -> object:
        wanted = NewPurgeProposal.model_validate(body)
        return purge_proposals.propose(session, record, wanted, actor)

    return Act(request, parts, actor, form)(media_id, ask)


@router.post("/purge-proposal/refuse")
def refuse(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Turn a proposal down, or take one's own back."""

    def turn_down(session: Session, record: Verification, _body: dict[str, Any]) -> None:
        purge_proposals.refuse(session, record, actor)

    return Act(request, parts, actor, form)(media_id, turn_down)


@router.post("/take-back")
def take_back(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Uploader, form: FormDep
) -> Response:
    """Delete what only this person brought, while nobody has reviewed it."""

    def wanted(session: Session) -> PurgeRequest:
        return purging.deletion(session, media_id, actor)

    return _end(Act(request, parts, actor, form), media_id, wanted)


def _end(sent: ItemForm, media_id: str, wanted: Callable[[Session], PurgeRequest]) -> Response:
    def order(session: Session) -> None:
        if not sent.form.one("sure"):
            raise Unprocessable(catalogue()["care"]["not_sure"])
        listed = sent.parts.purge_list
        late_purges.order(session, media_id, wanted(session), sent.actor, listed)

    refused = tried(sent.parts.database, order)
    if isinstance(refused, Refusal):
        try:
            return sent.shown_again(media_id, refused)
        except Gone as gone:
            return problems.gone(sent.request, gone, Said(refused, sent.form))
    shredding.finish(sent.parts.shredder, media_id)
    return ways.see(f"/desk/media/{media_id}")
