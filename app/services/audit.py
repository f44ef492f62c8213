"""Write the audit chain: one entry for each thing that is done, in the transaction that does it."""

import secrets
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core.custody import chain
from app.errors import Unprocessable
from app.schemas.audit import AuditAction

_NEVER_ERASED = {"history", "checkpoint"}


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
    seq, previous = db.audit.head(session)
    text = chain.canonical(to_jsonable_python({"actor_name": actor.name, **payload}))
    salt = secrets.token_hex(chain.SALT_CHARS // 2)
    content = chain.Content(
        seq=seq + 1,
        at=chain.instant(db.now()),
        actor=actor.id,
        role=actor.role.value,
        action=str(action),
        subject=subject.kind,
        subject_id=subject.id,
        media_id=media_id,
        payload_digest=chain.payload_digest(salt, text),
    )
    made = chain.chained(previous, chain.content_digest(content))
    db.audit.add(session, chain.Link(content, previous, made, salt, text))


def written(
    session: Session,
    actor: Actor,
    action: str,
    *rows: db.Table,
    media_id: str | None = None,
    kind: str | None = None,
    beside: dict[str, Any] | None = None,
) -> None:
    """Add an entry about rows as they are now; from here on the chain vouches for them.

    They are of kinds in `db.audited`, and the first is the subject; `kind` says which one where
    their table has several. `beside` is what else the payload holds.
    """
    taken = [db.audited.snapshot(row, kind) for row in rows]
    kept = {f"{of}/{row_id}": values for of, row_id, values in taken}
    subject = Subject(*taken[0][:2])
    append(session, actor, action, subject, {"rows": kept, **(beside or {})}, media_id=media_id)


def removed(
    session: Session, actor: Actor, action: str, row: db.Table, *, media_id: str | None = None
) -> None:
    """Add an entry about a row that is about to go."""
    kind, row_id, _ = db.audited.snapshot(row)
    payload = {"rows": {f"{kind}/{row_id}": None}}
    append(session, actor, action, Subject(kind, row_id), payload, media_id=media_id)


def erase(
    session: Session,
    actor: Actor,
    authority: str,
    *,
    subject: Subject | None = None,
    media_id: str | None = None,
) -> int:
    """Erase the payloads about one thing, or about a whole item that is purged; gives how many.

    The entries stay and the chain stays valid; in each payload's place stand when, by whom and on
    what `authority` (a case number, a law's article), and an entry of its own says so. Of a row
    that stays, `written` says afterwards how it was left, or the chain does not vouch for it.
    """
    db.in_commit_order(session)
    if (subject is None) == (media_id is None):
        raise Unprocessable("Name either one subject or one item whose payloads are erased.")
    if subject is not None and subject.kind in _NEVER_ERASED:
        raise Unprocessable(f"Entries about {subject.kind} hold ids and codes only; they stay.")
    kind, subject_id = (subject.kind, subject.id) if subject else (None, None)
    seqs = db.audit.erasable(session, kind, subject_id, media_id)
    if not seqs:
        return 0
    at = db.now()
    db.audit.erase(session, seqs, at=at, by=actor.id, authority=authority)
    payload = {"seqs": seqs, "erased_at": chain.instant(at), "authority": authority}
    about = subject or Subject("media", media_id or "")
    append(session, actor, AuditAction.PAYLOAD_ERASED, about, payload, media_id=media_id)
    return len(seqs)
