"""Who is signed in at the desk: opened by a proof of who one is, ended at once when it ends."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app import db
from app.access import SCOPES_OF_ROLE, Actor
from app.db.desk_sessions import DeskSession
from app.db.people import Person
from app.errors import NotFound
from app.schemas.audit import AuditAction
from app.services import audit
from app.services.audit import Subject

USE_NOTED_EVERY = timedelta(minutes=1)
USER_AGENT_MAX = 300


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: what their browser calls itself, and the address that it has."""

    address: str | None
    user_agent: str

    @property
    def told(self) -> dict[str, str | None]:
        """What the audit chain keeps of it."""
        return {"address": self.address, "user_agent": self.user_agent[:USER_AGENT_MAX]}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom a cookie speaks for, in which browser, and whether its use is to be noted again."""

    actor: Actor
    session_id: str
    use_is_stale: bool


def actor_of(person: Person) -> Actor:
    """A person as one who acts: all that the role may do."""
    scopes = SCOPES_OF_ROLE[person.role]
    return Actor(id=person.id, name=person.name, role=person.role, scopes=scopes)


def open_for(session: Session, person: Person, browser: Browser, how: str) -> str:
    """Sign a person in; gives the secret for the cookie, which is kept nowhere."""
    db.desk_sessions.forget_ended(session)
    secret = secrets.token_urlsafe(32)
    made = DeskSession(secret_sha256=digest(secret), person_id=person.id, **browser.told)
    session.add(made)
    session.flush()
    told = {"session_id": made.id, "how": how, **browser.told}
    audit.append(session, actor_of(person), AuditAction.SIGNED_IN, _subject(person.id), told)
    return secret


def identify(database: db.Database, secret: str) -> SignedIn | None:
    """Whom the secret of a cookie speaks for, as they are now; nobody when it has ended."""
    with database.read() as session:
        found = db.desk_sessions.by_secret(session, digest(secret))
    if found is None:
        return None
    browser, person = found
    stale = browser.seen_at < db.now() - USE_NOTED_EVERY
    return SignedIn(actor_of(person), browser.id, stale)


def note_use(database: db.Database, session_id: str) -> None:
    """Write down that a browser was used just now."""
    with database.write() as session:
        db.desk_sessions.touch(session, session_id)


def end(session: Session, actor: Actor, session_id: str) -> None:
    """Sign one's own browser out."""
    db.in_commit_order(session)
    if not db.desk_sessions.end(session, actor.id, only=session_id):
        raise NotFound("You are not signed in there.")
    told = {"session_id": session_id}
    audit.append(session, actor, AuditAction.SIGNED_OUT, _subject(actor.id), told)


def end_by_secret(database: db.Database, secret: str | None) -> None:
    """Sign out the browser whose cookie this is, if it is signed in."""
    found = identify(database, secret) if secret else None
    if found is not None:
        with database.write() as session, suppress(NotFound):
            end(session, found.actor, found.session_id)


def end_all(session: Session, actor: Actor, person_id: str, *, but: str | None = None) -> int:
    """Sign a person out everywhere, or everywhere else; gives in how many browsers."""
    db.in_commit_order(session)
    ended = db.desk_sessions.end(session, person_id, but=but)
    if ended:
        told = {"sessions": ended}
        audit.append(session, actor, AuditAction.SIGNED_OUT, _subject(person_id), told)
    return ended


def digest(secret: str) -> str:
    """What is kept of a random secret; 256 bits cannot be guessed, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _subject(person_id: str) -> Subject:
    return Subject("person", person_id)
