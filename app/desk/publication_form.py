"""What the form for the public asks for: the choices made last, changed where the form says so."""

from sqlalchemy.orm import Session

from app import db
from app.db.verifications import Verification
from app.desk.forms import Form
from app.desk.item_form import OF_PAGE
from app.schemas.publications import PublicationRequest
from app.schemas.record_enums import ClaimState


def request_of(session: Session, record: Verification, form: Form) -> PublicationRequest:
    """The request of a form; what the page does not ask for stays as it was chosen elsewhere."""
    there = db.publications.of_media(session, record.media_id)
    asked = {name.removesuffix("[]") for name in form.values} & set(PublicationRequest.model_fields)
    body = {
        **(there.choices if there else {}),
        **dict.fromkeys(asked),
        **form.body(*OF_PAGE),
    }
    claims = db.claims.of_media(session, record.media_id)
    usual = {
        "codes": record.authenticity_codes or [],
        "claims": [each.id for each in claims if each.state is not ClaimState.OPEN],
    }
    for name in asked & set(usual):
        ticked = body[name] or []
        # As they would be without a choice: so what the record comes to later goes on to count.
        body[name] = None if set(ticked) == set(usual[name]) else ticked
    return PublicationRequest.model_validate(body)
