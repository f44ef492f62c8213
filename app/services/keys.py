"""API keys: made once, shown once, checked on every request."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import db
from app.access import SCOPES_OF_ROLE, Actor, Role, Scope
from app.errors import Unauthenticated

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
    created_by: str,
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
        created_by=created_by,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return NewKey(key=key, token=f"prov_{key_id}_{secret}")


def authenticate(database: db.Database, token: str) -> Actor:
    """The actor behind `token`; every failure reads the same."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    with database.read() as session:
        key = db.keys.find(session, key_id) if prefix == "prov" else None
    stored = key.secret_sha256 if key else _digest("")
    if not hmac.compare_digest(stored, _digest(secret)) or key is None:
        raise Unauthenticated(_REFUSED)
    if key.revoked_at or (key.expires_at and key.expires_at <= db.now()):
        raise Unauthenticated(_REFUSED)
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    return Actor(id=key.id, name=key.name, role=key.role, scopes=scopes)


def _digest(secret: str) -> str:
    # 256 random bits cannot be guessed, so a fast hash is enough.
    return hashlib.sha256(secret.encode()).hexdigest()
