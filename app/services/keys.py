"""API keys: made once, shown once, checked on every request."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import db
from app.access import SCOPES_OF_ROLE, Actor, Role, Scope
from app.errors import Forbidden, NotFound, Unauthenticated, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.keys import NewKeyRequest
from app.services import audit

USE_NOTED_EVERY = timedelta(minutes=1)

_REFUSED = "This API key is unknown, expired or revoked."


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `token` is shown to its holder now and never again."""

    key: db.keys.ApiKey
    token: str


def create(
    session: Session,
    name: str,
    role: Role,
    maker: Actor,
    *,
    scopes: frozenset[Scope] | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key of `role`; `scopes` may narrow the role's, never widen them."""
    allowed = SCOPES_OF_ROLE[role]
    granted = allowed if scopes is None else allowed & scopes
    key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = db.keys.ApiKey(
        id=key_id,
        name=name,
        role=role,
        scopes=sorted(granted),
        secret_sha256=_digest(secret),
        created_by=maker.id,
        expires_at=expires_at,
    )
    db.in_commit_order(session)
    session.add(key)
    session.flush()
    audit.written(session, maker, AuditAction.KEY_CREATED, key)
    return NewKey(key=key, token=f"prov_{key_id}_{secret}")


def grant(session: Session, maker: Actor, wanted: NewKeyRequest) -> NewKey:
    """Make a key on somebody's behalf, which may do no more than that somebody."""
    allowed = SCOPES_OF_ROLE[wanted.role]
    scopes = allowed if wanted.scopes is None else wanted.scopes
    if not scopes <= allowed:
        names = sorted(scopes - allowed)
        raise Unprocessable(f"The role {wanted.role} has no {', '.join(names)}.", scopes=names)
    if not scopes <= maker.scopes:
        names = sorted(scopes - maker.scopes)
        raise Forbidden(f"Your own key has no {', '.join(names)}.", scopes=names)
    if wanted.expires_at and wanted.expires_at <= db.now():
        raise Unprocessable("`expires_at` is in the past.")
    return create(
        session, wanted.name, wanted.role, maker, scopes=scopes, expires_at=wanted.expires_at
    )


def revoke(session: Session, key_id: str, actor: Actor) -> None:
    """End a key's validity; it is no error if it has ended already."""
    db.in_commit_order(session)
    key = db.keys.find(session, key_id)
    if key is None:
        raise NotFound(f"There is no key '{key_id}'.")
    if key.revoked_at is None:
        key.revoked_at = db.now()
        audit.written(session, actor, AuditAction.KEY_REVOKED, key)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sent a request, and whether their key's use is to be noted again."""

    actor: Actor
    use_is_stale: bool


def note_use(database: db.Database, key_id: str) -> None:
    """Write down that a key was used just now."""
    with database.write() as session:
        db.keys.touch(session, key_id)


def identify(database: db.Database, token: str) -> Holder:
    """The holder of the key `token`; Unauthenticated says the same whatever is wrong with it."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    with database.read() as session:
        key = db.keys.find(session, key_id) if prefix == "prov" else None
    stored = key.secret_sha256 if key else _digest("")
    if not hmac.compare_digest(stored, _digest(secret)) or key is None:
        raise Unauthenticated(_REFUSED)
    if _has_ended(key):
        raise Unauthenticated(_REFUSED)
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    actor = Actor(id=key.id, name=key.name, role=key.role, scopes=scopes)
    stale = key.last_used_at is None or key.last_used_at < db.now() - USE_NOTED_EVERY
    return Holder(actor=actor, use_is_stale=stale)


def is_valid(session: Session, key_id: str) -> bool:
    """Whether a key that was accepted before is so still."""
    key = db.keys.find(session, key_id)
    return key is not None and not _has_ended(key)


def _has_ended(key: db.keys.ApiKey) -> bool:
    return bool(key.revoked_at or (key.expires_at and key.expires_at <= db.now()))


def _digest(secret: str) -> str:
    # 256 random bits cannot be guessed, so a fast hash is enough.
    return hashlib.sha256(secret.encode()).hexdigest()
