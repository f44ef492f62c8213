"""Where the desk names somebody, for who asks what is held about them."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app import db
from app.desk.refusals import Refusal
from app.desk.signed_in import PrivacyAdmin
from app.desk.templating import render
from app.door.requests import Reading
from app.errors import Unprocessable
from app.services import subjects

router = APIRouter(prefix="/settings")

NAME_MAX = 200


# A form that is posted, so that the name is in no address and no log.
@router.post("/subject")
def find_mentions(
    request: Request,
    session: Reading,
    _actor: PrivacyAdmin,
    name: Annotated[str, Form(min_length=2, max_length=NAME_MAX)],
) -> Response:
    """Every place in what people wrote that names somebody."""
    found = refusal = None
    try:
        found = subjects.mentions(session, name)
    except Unprocessable as error:
        refusal = Refusal.of(error)
    named = {each.media_id for each in found.items if each.media_id} if found else ()
    items = db.media.by_ids(session, named)
    values: dict[str, Any] = {
        "name": name,
        "found": found,
        "titles": {media_id: each.title or each.filename for media_id, each in items.items()},
        "refusal": refusal,
    }
    return render(request, "subject.html", status=refusal.status if refusal else 200, **values)
