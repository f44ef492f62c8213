"""The page behind a one-time link: whoever has it sets the password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app import services
from app.desk import ways
from app.desk.refusals import Refusal
from app.desk.templating import render
from app.door import cookies
from app.door.requests import PartsDep, Reading
from app.errors import Unprocessable

router = APIRouter(prefix="/set-password")


@router.get("/{secret}")
def show(secret: str, request: Request, session: Reading) -> Response:
    """The form; looking at it uses nothing up, as programs look at links too."""
    person = services.people.behind_link(session, secret)
    return render(request, "set_password.html", person=person, refusal=None)


@router.post("/{secret}")
def set_password(
    secret: str, request: Request, parts: PartsDep, new: Annotated[str, Form()] = ""
) -> Response:
    """Set the password; the link is used up, and the sign-in page is next."""
    cookies.require_safe_way(request)
    try:
        services.people.set_by_link(parts.database, secret, new)
    except Unprocessable as error:
        with parts.database.read() as session:
            person = services.people.behind_link(session, secret)
        refusal = Refusal.of(error)
        return render(
            request, "set_password.html", status=refusal.status, person=person, refusal=refusal
        )
    return ways.see(ways.SIGN_IN)
