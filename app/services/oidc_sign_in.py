"""Letting in whom the identity provider vouches for, under the role that it gives them."""

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.db.people import Person
from app.errors import Conflict, Forbidden
from app.schemas.audit import AuditAction
from app.schemas.people import NewPerson, PersonChange
from app.services import audit, desk_sessions, people, sign_in
from app.services.desk_sessions import Browser
from app.services.oidc import Identity


def let_in(database: db.Database, identity: Identity, browser: Browser) -> str:
    """Sign in, adding the person the first time; gives the secret for the cookie."""
    with database.write() as session:
        db.in_commit_order(session)
        person = _known(session, identity) or _added(session, identity)
        if person.disabled_at is None:
            return desk_sessions.open_for(session, person, browser, "oidc")
    raise sign_in.refusal(database, person, browser)


def _known(session: Session, identity: Identity) -> Person | None:
    found = db.people.by_oidc_subject(session, identity.subject)
    if found is None or found.disabled_at is not None:
        return found
    wanted = PersonChange(name=_name(identity), role=identity.role)
    people.change(session, SYSTEM, found.id, wanted)
    return found


def _added(session: Session, identity: Identity) -> Person:
    """Somebody new; never one whom the desk knows by a password, for names are no proof."""
    try:
        wanted = NewPerson(login=identity.login, name=_name(identity), role=identity.role)
    except ValidationError as error:
        raise Forbidden(
            "The identity provider calls you by a name that the desk cannot keep."
        ) from error
    try:
        person = people.add(session, SYSTEM, wanted)
    except Conflict as error:
        login = wanted.login
        detail = f"'{login}' signs in with a password. An administrator links you: people link."
        raise Conflict(detail) from error
    person.oidc_subject = identity.subject
    audit.written(session, SYSTEM, AuditAction.PERSON_CHANGED, person)
    return person


def _name(identity: Identity) -> str:
    printable = "".join(each for each in identity.name if each.isprintable()).strip()
    return printable[:200] or identity.login
