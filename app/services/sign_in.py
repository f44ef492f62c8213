"""Signing in with a name and a password: every refusal reads the same and takes as long."""

from dataclasses import dataclass

from app import db
from app.access import SYSTEM
from app.db.people import Person
from app.errors import Unauthenticated
from app.schemas.audit import AuditAction
from app.services import audit, desk_sessions, passwords
from app.services.audit import Subject
from app.services.desk_sessions import Browser
from app.services.people import as_login
from app.services.sign_in_limits import SignInLimits

_REFUSED = "There is nobody of this name with this password."


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody typed to say who they are."""

    login: str
    password: str


def with_password(
    database: db.Database, limits: SignInLimits, proof: Proof, browser: Browser
) -> str:
    """Sign in; gives the secret for the cookie."""
    login = as_login(proof.login)
    limits.count(browser.address, login)
    with database.read() as session:
        person = db.people.by_login(session, login)
    kept = person.password_hash if person else None
    if not passwords.matches(kept, proof.password) or person is None:
        raise refusal(database, person, browser)
    secret = _opened(database, person, browser)
    if secret is None:
        raise refusal(database, person, browser)
    limits.forgive(browser.address, login)
    return secret


def _opened(database: db.Database, proven: Person, browser: Browser) -> str | None:
    with database.write() as session:
        db.in_commit_order(session)
        person = db.people.lock(session, proven.id)
        # The password may have been set anew, or the person disabled, while it was compared.
        if person is None or person.disabled_at or person.password_hash != proven.password_hash:
            return None
        return desk_sessions.open_for(session, person, browser, "password")


def refusal(database: db.Database, person: Person | None, browser: Browser) -> Unauthenticated:
    """Note that somebody was not let in; gives the error to raise.

    Of an unknown name nothing is kept, for people type passwords there.
    """
    subject = Subject("person", person.id if person else "unknown")
    with database.write() as session:
        audit.append(session, SYSTEM, AuditAction.SIGN_IN_REFUSED, subject, dict(browser.told))
    return Unauthenticated(_REFUSED)
