"""Signing in and out."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app import db, services
from app.bootstrap import Parts
from app.desk import ways
from app.desk.signed_in import SignedInCaller
from app.desk.templating import render
from app.door import cookies
from app.door.callers import Caller
from app.door.requests import BrowserDep, PartsDep
from app.door.statuses import STATUS_OF
from app.errors import Busy, ServiceError, TooManyRequests, Unauthenticated
from app.services.sign_in import Proof

router = APIRouter()


class SignInForm(BaseModel):
    """What somebody typed, and where they wanted to go."""

    login: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=1000)] = ""
    next: str = ""


@router.get("/sign-in")
def show_form(
    request: Request,
    parts: PartsDep,
    wanted: Annotated[str, Query(alias="next")] = "",
    *,
    left: bool = False,
) -> Response:
    """The form; `next` is where it leads, `left` says that the provider may know one still."""
    return _form(request, parts, SignInForm(next=wanted), left=left)


@router.post("/sign-in")
def sign_in(
    request: Request,
    parts: PartsDep,
    browser: BrowserDep,
    form: Annotated[SignInForm, Form()],
) -> Response:
    """Open a session under a secret that nobody knew before, and go where it was wanted."""
    cookies.require_safe_way(request)
    proof = Proof(form.login, form.password)
    try:
        secret = services.sign_in.with_password(
            parts.database, parts.sign_in_limits, proof, browser
        )
    except (Unauthenticated, TooManyRequests) as error:
        return _form(request, parts, form, error)
    services.desk_sessions.end_by_secret(parts.database, cookies.read(request))
    answer = ways.see(ways.own_path(form.next))
    cookies.give(request, answer, secret)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, parts: PartsDep, caller: SignedInCaller) -> Response:
    """End the session at once; the cookie opens nothing any more."""
    services.desk_sessions.end_by_secret(parts.database, cookies.read(request))
    # No redirect to the provider: pages may send forms to the desk alone.
    answer = ways.see(f"{ways.SIGN_IN}?left=yes" if _is_provided(parts, caller) else ways.SIGN_IN)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookies.take_back(request, answer)
    return answer


def _is_provided(parts: Parts, caller: Caller) -> bool:
    """Whether the identity provider knows who left, and has a page to sign out at."""
    with parts.database.read() as session:
        person = db.people.find(session, caller.actor.id)
    if parts.identity_provider is None or person is None or person.oidc_subject is None:
        return False
    with suppress(Busy):
        return parts.identity_provider.way_out("") is not None
    return False


def _form(
    request: Request,
    parts: Parts,
    form: SignInForm,
    refused: ServiceError | None = None,
    *,
    left: bool = False,
) -> Response:
    provider = parts.identity_provider
    return render(
        request,
        "sign_in.html",
        status=STATUS_OF[type(refused)] if refused else 200,
        next=ways.own_path(form.next),
        login=form.login,
        refused=refused.detail if refused else None,
        provider=provider.client.name if provider else None,
        left=left,
    )
