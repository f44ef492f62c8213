"""One's own account: where one is signed in, one's password, and whether single keys are heard."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db, services
from app.desk import single_keys, ways
from app.desk.refusals import Refusal
from app.desk.signed_in import SignedIn, SignedInCaller
from app.desk.templating import render
from app.door.callers import Caller
from app.door.requests import PartsDep, Reading, Writing
from app.errors import ServiceError
from app.services.people import PasswordChange

router = APIRouter(prefix="/account")
HERE = "/desk/account"


@router.get("")
def show(request: Request, session: Reading, caller: SignedInCaller) -> Response:
    """The browsers that are signed in, and the form for another password."""
    return _page(request, session, caller)


@router.post("/password")
def change_password(
    request: Request,
    parts: PartsDep,
    caller: SignedInCaller,
    old: Annotated[str, Form()],
    new: Annotated[str, Form()],
) -> Response:
    """Set another password and sign out everywhere else."""
    wanted = PasswordChange(old=old, new=new, staying=caller.session_id)
    try:
        services.people.change_password(parts.database, parts.sign_in_limits, caller.actor, wanted)
    except ServiceError as error:
        with parts.database.read() as session:
            return _page(request, session, caller, Refusal.of(error))
    return ways.see(HERE)


@router.post("/sessions/end-others")
def end_others(session: Writing, caller: SignedInCaller) -> Response:
    """Sign out everywhere else."""
    services.desk_sessions.end_all(session, caller.actor, caller.actor.id, but=caller.session_id)
    return ways.see(HERE)


@router.post("/sessions/{session_id}/end")
def end_one(session_id: str, session: Writing, actor: SignedIn) -> Response:
    """Sign out in one browser."""
    services.desk_sessions.end(session, actor, session_id)
    return ways.see(HERE)


@router.post("/single-keys")
def switch_keys(request: Request, actor: SignedIn, heard: Annotated[bool, Form()]) -> Response:
    """Switch single keys on or off, for this person in this browser."""
    answer = ways.see(HERE)
    single_keys.switch(request, answer, actor, on=heard)
    return answer


def _page(
    request: Request, session: Session, caller: Caller, refusal: Refusal | None = None
) -> Response:
    return render(
        request,
        "account.html",
        status=refusal.status if refusal else 200,
        person=db.people.find(session, caller.actor.id),
        browsers=db.desk_sessions.of_person(session, caller.actor.id),
        this=caller.session_id,
        refusal=refusal,
    )
