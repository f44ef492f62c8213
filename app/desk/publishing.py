"""Publishing from the record's page: a preview of exactly what would go out, then the editor's word."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app import services
from app.db.verifications import Verification
from app.desk import publication_form
from app.desk.forms import FormDep
from app.desk.items import MediaId
from app.desk.record import record_page
from app.desk.record_acts import Act
from app.desk.refusals import Refusal
from app.desk.said import Said
from app.desk.signed_in import Editor, Recorder
from app.door.requests import PartsDep
from app.schemas.publications import Desk

router = APIRouter(prefix="/media/{media_id}/record/publication")


@router.post("/preview")
def preview(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Show what publishing with these choices would put out; nothing is published."""
    try:
        with parts.database.read() as session:
            record = services.verifications.find(session, media_id)
            choices = publication_form.request_of(session, record, form)
    except ValidationError as error:
        said = Said(Refusal.of(error), form)
    else:
        said = Said(form=form, choices=choices)
    return record_page(request, parts, actor, media_id, said)


@router.post("")
def publish(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Editor, form: FormDep
) -> Response:
    """Publish the record, or what is public of it anew."""
    publisher = Desk(name=parts.settings.desk_name, url=parts.settings.resolved_public_url)

    def put_out(session: Session, record: Verification, _body: dict[str, Any]) -> None:
        wanted = publication_form.request_of(session, record, form)
        services.publication.publish(session, record, wanted, publisher, actor)

    return Act(request, parts, actor, form)(media_id, put_out)
