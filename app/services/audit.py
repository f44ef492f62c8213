"""Write the audit chain: one entry for each thing that is done, in the transaction that does it."""

import secrets
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core import chain
from app.db.audit import AuditEntry, AuditPayload

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on: a kind such as `media`, `key`, `webhook`, and its id."""

    kind: str
    id: str


def append(
    session: Session,
    actor: Actor,
    action: str,
    subject: Subject,
    payload: dict[str, Any],
    *,
    media_id: str | None = None,
) -> None:
    """Add the chain's next entry in the caller's transaction.

    `action` is an `AuditAction`, or `record.` and a history action. `payload` and the actor's name
    may be erased later, so neither holds what is needed to read the chain. Call this, or
    `db.in_commit_order`, before any row is locked.
    """
    db.in_commit_order(session)
    before = db.audit.last(session)
    seq = before.seq + 1 if before else 1
    previous = before.hash if before else chain.FIRST_PREVIOUS
    text = chain.canonical(to_jsonable_python({"actor_name": actor.name, **payload}))
    salt = secrets.token_hex(SALT_BYTES)
    entry = AuditEntry(
        seq=seq,
        at=db.now(),
        actor_id=actor.id,
        actor_role=actor.role.value,
        action=str(action),
        subject_kind=subject.kind,
        subject_id=subject.id,
        media_id=media_id,
        payload_digest=chain.payload_digest(salt, text),
        prev_hash=previous,
    )
    entry.hash = chain.chained(previous, chain.content_digest(content_of(entry)))
    session.add(entry)
    session.flush()
    session.add(AuditPayload(seq=seq, salt=salt, payload=text))
    session.flush()


def content_of(entry: AuditEntry) -> chain.Content:
    """What a stored entry says, as the chain digests it."""
    return chain.Content(
        seq=entry.seq,
        at=chain.instant(entry.at),
        actor=entry.actor_id,
        role=entry.actor_role,
        action=entry.action,
        subject=f"{entry.subject_kind}/{entry.subject_id}",
        media_id=entry.media_id,
        payload_digest=entry.payload_digest,
    )
