"""A write sent twice happens once: its answer is kept in the transaction that did the work."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.errors import KeyReused

KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request under an `Idempotency-Key`: whose, to which route, with which content."""

    key: str
    principal: str
    route: str
    body_sha256: str


def digest(*parts: str | bytes) -> str:
    """One hash of several parts; where one part ends and the next starts makes a difference."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        hasher.update(b"%d:" % len(data))
        hasher.update(data)
    return hasher.hexdigest()


def recall(session: Session, request: KeyedRequest) -> db.idempotency.KeptAnswer | None:
    """The answer given before; a second request waits here until the first one has committed."""
    db.exclusively(session, f"{request.principal} {request.route} {request.key}")
    kept = db.idempotency.find(session, request.key, request.principal, request.route)
    if kept is None:
        return None
    if kept.body_sha256 != request.body_sha256:
        raise KeyReused("This Idempotency-Key was used for another request; make a new one.")
    return kept


def keep(
    session: Session,
    request: KeyedRequest,
    status_code: int,
    headers: dict[str, str],
    body: dict[str, Any],
) -> None:
    """Keep an answer, to be given again to whoever sends the same request."""
    session.add(
        db.idempotency.KeptAnswer(
            key=request.key,
            principal=request.principal,
            route=request.route,
            body_sha256=request.body_sha256,
            status_code=status_code,
            headers=headers,
            body=body,
        )
    )


def forget_old(database: db.Database) -> None:
    """Drop the answers that nobody will ask for again."""
    with database.write() as session:
        db.idempotency.forget_before(session, db.now() - KEPT_FOR)
