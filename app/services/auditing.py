"""What auditors are shown: the chain's entries, the checkpoints, and the readings of files."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.blobs.checkpoints import CheckpointFolder, StoredCheckpoint
from app.db.audit import AuditEntry, AuditPayload
from app.db.audit_reading import AuditFilter
from app.errors import Unprocessable
from app.schemas.audit import FixityOutcome
from app.schemas.audit_answers import (
    AuditActor,
    AuditItem,
    AuditSubject,
    CheckpointItem,
    Erased,
    FixityItem,
    TimestampItem,
    Withheld,
)
from app.schemas.page import Page
from app.services import protection, sealing
from app.services.protection import Protection


def listed(
    session: Session, wanted: AuditFilter, actor: Actor, limit: int, cursor: str | None
) -> Page[AuditItem]:
    """One page of entries, the newest first."""
    page = db.audit_reading.page(session, wanted, limit, cursor)
    payloads = db.audit_reading.payloads(session, [entry.seq for entry in page.items])
    named = {entry.media_id for entry in page.items if entry.media_id is not None}
    protected = {each: protection.read(session, each, actor) for each in named}
    none = Protection(frozenset())
    items = [
        _item(entry, payloads.get(entry.seq), actor, protected.get(entry.media_id or "", none))
        for entry in page.items
    ]
    return Page(items=items, next=page.next)


def checkpoints(
    session: Session, folder: CheckpointFolder, limit: int, cursor: str | None
) -> Page[CheckpointItem]:
    """One page of checkpoints, the newest first, read from their files."""
    try:
        before = int(cursor) if cursor else None
    except ValueError as error:
        raise Unprocessable("This cursor is none of this list.", cursor=cursor) from error
    numbers = [each for each in reversed(folder.numbers()) if before is None or each < before]
    stored = (folder.read(number) for number in numbers[:limit])
    items = [_checkpoint(session, folder, each) for each in stored if each is not None]
    more = len(numbers) > limit
    return Page(items=items, next=str(numbers[limit - 1]) if more else None)


def readings(
    session: Session, outcome: FixityOutcome | None, limit: int, cursor: str | None
) -> Page[FixityItem]:
    """One page of what was found when files were last read, the newest first."""
    page = db.fixity.page(session, outcome, limit, cursor)
    return Page(items=[FixityItem.model_validate(each) for each in page.items], next=page.next)


def why_withheld(
    payload: dict[str, Any] | None, actor: Actor, protected: Protection
) -> Withheld | None:
    """What in a payload `actor` may not read: who a protected source is, or who sent a file."""
    if Scope.RECORD_WRITE in actor.scopes:
        return None
    for name, values in (payload or {}).get("rows", {}).items():
        if values and (values.get("source_protected") or protected.names(_rests_on(values))):
            return "protected_source"
        if name.startswith("receipt/") and values and _tells_sender(values, actor):
            return "sender"
    return None


def _rests_on(row: dict[str, Any]) -> list[object]:
    """The evidence in a row of a record, or of a change of its status."""
    return row.get("evidence") or (row.get("asked") or {}).get("evidence") or []


def _tells_sender(receipt: dict[str, Any], actor: Actor) -> bool:
    told = receipt.get("sender") or receipt.get("consent_terms")
    return bool(told) and receipt.get("received_by") != actor.id


def _item(
    entry: AuditEntry, kept: AuditPayload | None, actor: Actor, protected: Protection
) -> AuditItem:
    payload = json.loads(kept.payload) if kept and kept.payload else None
    withheld = why_withheld(payload, actor, protected)
    return AuditItem(
        seq=entry.seq,
        at=entry.at,
        actor=AuditActor(id=entry.actor_id, role=entry.actor_role),
        action=entry.action,
        subject=AuditSubject(kind=entry.subject_kind, id=entry.subject_id),
        media_id=entry.media_id,
        payload=None if withheld else payload,
        erased=_erased(kept),
        withheld=withheld,
        payload_digest=entry.payload_digest,
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )


def _erased(kept: AuditPayload | None) -> Erased | None:
    if kept is None or kept.erased_at is None:
        return None
    return Erased(at=kept.erased_at, by=kept.erased_by or "", authority=kept.authority or "")


def _checkpoint(
    session: Session, folder: CheckpointFolder, stored: StoredCheckpoint
) -> CheckpointItem:
    said = sealing.signed(folder, stored)
    if said is None:
        detail = f"Checkpoint {stored.number} was altered or forged: run the verification."
        raise Unprocessable(detail, number=stored.number)
    return CheckpointItem(
        number=said.number,
        seq=said.seq,
        head=said.head,
        at=datetime.fromisoformat(said.at),
        previous=said.previous,
        key=said.key,
        sha256=hashlib.sha256(stored.body).hexdigest(),
        signature=stored.signature.hex() if stored.signature else None,
        timestamp=_timestamp(session, stored),
    )


def _timestamp(session: Session, stored: StoredCheckpoint) -> TimestampItem:
    asked = db.timestamps.of(session, stored.number)
    if asked is None:
        return TimestampItem(state="granted" if stored.token else "none")
    return TimestampItem(
        state="granted" if asked.granted_at else "waiting",
        attempts=asked.attempts,
        next_attempt_at=None if asked.granted_at else asked.next_attempt_at,
        error=asked.error,
        granted_at=asked.granted_at,
    )
