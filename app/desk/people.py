"""People who sign in: added, changed, disabled, given links that set their passwords."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import db, services
from app.access import NOT_FOR_PEOPLE, Role
from app.bootstrap import Parts
from app.desk import ways
from app.desk.refusals import Refusal, tried
from app.desk.signed_in import AccessAdmin
from app.desk.templating import render
from app.door.requests import PartsDep, Reading
from app.schemas.people import NewPerson, PersonChange

router = APIRouter(prefix="/people")
HERE = "/desk/people"
AT_ONCE = 100


class PersonForm(BaseModel):
    """What was filled in about somebody; looked at where a refusal can be shown in place."""

    login: str = ""
    name: str = ""
    role: str = ""


NOTHING_TYPED = PersonForm(role=Role.VERIFIER)


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was just made, for whom; shown this once."""

    name: str
    address: str


@router.get("")
def show(
    request: Request, session: Reading, _actor: AccessAdmin, cursor: str | None = None
) -> Response:
    """Everybody who signs in, and the form for another one."""
    return _page(request, session, cursor=cursor)


@router.post("")
def add(
    request: Request,
    parts: PartsDep,
    actor: AccessAdmin,
    form: Annotated[PersonForm, Form()],
) -> Response:
    """Add somebody; the answer shows the link by which they set their password."""

    def work(session: Session) -> MadeLink:
        wanted = NewPerson.model_validate(form.model_dump())
        person = services.people.add(session, actor, wanted)
        return _linked(request, person.name, services.people.make_link(session, actor, person.id))

    return _done(request, parts, work, form)


@router.post("/{person_id}")
def change(
    person_id: str,
    request: Request,
    parts: PartsDep,
    actor: AccessAdmin,
    form: Annotated[PersonForm, Form()],
) -> Response:
    """Give somebody another name, role, or name to sign in by."""

    def work(session: Session) -> None:
        wanted = PersonChange.model_validate(form.model_dump(exclude_defaults=True))
        services.people.change(session, actor, person_id, wanted)

    return _done(request, parts, work)


@router.post("/{person_id}/link")
def make_link(person_id: str, request: Request, parts: PartsDep, actor: AccessAdmin) -> Response:
    """Make a link that sets a new password; the old one is good until it is used."""

    def work(session: Session) -> MadeLink:
        secret = services.people.make_link(session, actor, person_id)
        return _linked(request, db.people.names(session, [person_id])[person_id], secret)

    return _done(request, parts, work)


@router.post("/{person_id}/disable")
def disable(person_id: str, request: Request, parts: PartsDep, actor: AccessAdmin) -> Response:
    """Let somebody in no more, from this moment on."""
    return _done(request, parts, lambda session: services.people.disable(session, actor, person_id))


@router.post("/{person_id}/enable")
def enable(person_id: str, request: Request, parts: PartsDep, actor: AccessAdmin) -> Response:
    """Let somebody in again."""
    return _done(request, parts, lambda session: services.people.enable(session, actor, person_id))


@router.post("/{person_id}/sign-out")
def sign_out(person_id: str, request: Request, parts: PartsDep, actor: AccessAdmin) -> Response:
    """Sign somebody out everywhere."""

    def work(session: Session) -> None:
        services.desk_sessions.end_all(session, actor, person_id)

    return _done(request, parts, work)


def _linked(request: Request, name: str, secret: str) -> MadeLink:
    return MadeLink(
        name, f"{request.url.scheme}://{request.url.netloc}{ways.PERSONAL_LINK}{secret}"
    )


def _done(
    request: Request,
    parts: Parts,
    work: Callable[[Session], MadeLink | None],
    typed: PersonForm = NOTHING_TYPED,
) -> Response:
    """Do `work` in one transaction; show the link that it made, or what stood against it."""
    done = tried(parts.database, work)
    if done is None:
        return ways.see(HERE)
    with parts.database.read() as session:
        if isinstance(done, Refusal):
            return _page(request, session, refusal=done, typed=typed)
        return _page(request, session, made=done)


def _page(
    request: Request,
    session: Session,
    *,
    cursor: str | None = None,
    made: MadeLink | None = None,
    refusal: Refusal | None = None,
    typed: PersonForm = NOTHING_TYPED,
) -> Response:
    found = db.people.page(session, AT_ONCE, cursor)
    return render(
        request,
        "people.html",
        status=refusal.status if refusal else 200,
        people=found.items,
        next=found.next,
        used=db.desk_sessions.last_used(session, [each.id for each in found.items]),
        made=made,
        refusal=refusal,
        typed=typed,
        roles=[role for role in Role if role not in NOT_FOR_PEOPLE],
    )
