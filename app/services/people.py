"""People who sign in: added, changed, disabled, and given the links that set their passwords."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app import db
from app.access import NOT_FOR_PEOPLE, Actor, Role
from app.db.people import PasswordLink, Person
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.people import NewPerson, PersonChange
from app.services import audit, desk_sessions, passwords
from app.services.audit import Subject
from app.services.sign_in_limits import SignInLimits

LINK_IS_GOOD_FOR = timedelta(hours=24)

_LINK_REFUSED = "This link was used, replaced by another, or is too old. Ask for a new one."


def as_login(typed: str) -> str:
    """A name to sign in by as it is kept and compared."""
    return typed.strip().casefold()


def add(session: Session, maker: Actor, wanted: NewPerson) -> Person:
    """Add somebody, who cannot sign in before a password is set or the identity provider says so."""
    _check_role(wanted.role)
    db.in_commit_order(session)
    login = as_login(wanted.login)
    _refuse_taken(session, login)
    person = Person(login=login, name=wanted.name, role=wanted.role, created_by=maker.id)
    session.add(person)
    session.flush()
    audit.written(session, maker, AuditAction.PERSON_ADDED, person)
    return person


def make_link(session: Session, actor: Actor, person_id: str) -> str:
    """The secret of a new link that sets a person's password once; earlier links are void."""
    person = _lock(session, person_id)
    if person.disabled_at:
        raise Conflict("A disabled person gets no link; enable them first.")
    secret = secrets.token_urlsafe(32)
    expires_at = db.now() + LINK_IS_GOOD_FOR
    link = PasswordLink(
        secret_sha256=desk_sessions.digest(secret), person_id=person_id, expires_at=expires_at
    )
    db.people.replace_link(session, link)
    subject = Subject("person", person_id)
    told = {"expires_at": expires_at}
    audit.append(session, actor, AuditAction.LINK_MADE, subject, told)
    return secret


def behind_link(session: Session, secret: str) -> Person:
    """The person whose password a link sets."""
    person_id = db.people.holder_of_link(session, desk_sessions.digest(secret))
    person = db.people.find(session, person_id) if person_id else None
    if person is None or person.disabled_at:
        raise NotFound(_LINK_REFUSED)
    return person


def set_by_link(database: db.Database, secret: str, password: str) -> Person:
    """Set a password by a link, which is void from then on; whoever was signed in is no more."""
    with database.read() as session:
        person = behind_link(session, secret)
    passwords.check(password, person.login)
    hashed = passwords.hashed(password)
    with database.write() as session:
        db.in_commit_order(session)
        _lock(session, person.id)
        person = behind_link(session, secret)
        _set_password(session, person, hashed)
    return person


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """One's present password, the next one, and the browser that stays signed in."""

    old: str
    new: str
    staying: str | None


def change_password(
    database: db.Database, limits: SignInLimits, actor: Actor, wanted: PasswordChange
) -> None:
    """Change one's own password; every other browser is signed out."""
    with database.read() as session:
        person = _find(session, actor.id)
    limits.count(None, person.login)
    if not passwords.matches(person.password_hash, wanted.old):
        raise Forbidden("This is not your present password.")
    limits.forgive(None, person.login)
    passwords.check(wanted.new, person.login)
    hashed, kept = passwords.hashed(wanted.new), person.password_hash
    with database.write() as session:
        person = _lock(session, actor.id)
        if person.password_hash != kept:
            raise Conflict("Your password was set anew just now.")
        _set_password(session, person, hashed, staying=wanted.staying)


def change(session: Session, actor: Actor, person_id: str, wanted: PersonChange) -> None:
    """Give somebody another name or role, from their next request on, or another login."""
    _check_role(wanted.role)
    person = _lock(session, person_id)
    if wanted.role is not person.role and person_id == actor.id:
        raise Forbidden("Nobody changes their own role.")
    login = as_login(wanted.login) if wanted.login else person.login
    if login != person.login:
        _refuse_taken(session, login)
    if (wanted.name, wanted.role, login) != (person.name, person.role, person.login):
        person.name, person.role, person.login = wanted.name, wanted.role, login
        audit.written(session, actor, AuditAction.PERSON_CHANGED, person)


def link(session: Session, actor: Actor, person_id: str, subject: str) -> None:
    """Let somebody sign in as whom the identity provider calls `subject`, too."""
    person = _lock(session, person_id)
    other = db.people.by_oidc_subject(session, subject)
    if other is not None and other.id != person_id:
        raise Conflict(f"'{other.login}' is linked with this subject.")
    person.oidc_subject = subject
    audit.written(session, actor, AuditAction.PERSON_CHANGED, person)


def disable(session: Session, actor: Actor, person_id: str) -> None:
    """Let somebody in no more; they are signed out at once, and what they did stays theirs."""
    if person_id == actor.id:
        raise Forbidden("Nobody disables themselves.")
    person = _lock(session, person_id)
    if person.disabled_at is None:
        person.disabled_at = db.now()
        db.people.drop_links(session, person_id)
        desk_sessions.end_all(session, actor, person_id)
        audit.written(session, actor, AuditAction.PERSON_DISABLED, person)


def enable(session: Session, actor: Actor, person_id: str) -> None:
    """Let somebody in again, with the password that they had."""
    person = _lock(session, person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.written(session, actor, AuditAction.PERSON_ENABLED, person)


def _set_password(
    session: Session, person: Person, hashed: str, *, staying: str | None = None
) -> None:
    own = desk_sessions.actor_of(person)
    person.password_hash, person.password_set_at = hashed, db.now()
    db.people.drop_links(session, person.id)
    desk_sessions.end_all(session, own, person.id, but=staying)
    audit.written(session, own, AuditAction.CREDENTIAL_SET, person)


def _find(session: Session, person_id: str) -> Person:
    person = db.people.find(session, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _lock(session: Session, person_id: str) -> Person:
    db.in_commit_order(session)
    person = db.people.lock(session, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _refuse_taken(session: Session, login: str) -> None:
    if db.people.by_login(session, login):
        raise Conflict(f"Somebody signs in as '{login}' already.")


def _check_role(role: Role) -> None:
    if role in NOT_FOR_PEOPLE:
        raise Unprocessable(f"The role '{role}' is for keys; no person has it.")
