"""Attention: why somebody should look at a record again. It never changes the status by itself."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM, Actor
from app.errors import Conflict, NotFound
from app.schemas.attention import AttentionItem, NewAttention
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.page import Page
from app.schemas.record_enums import AttentionReason
from app.services import events, notes, verifications


def open(  # noqa: A001  (read as `attention.open`)
    session: Session,
    media_id: str,
    reason: AttentionReason,
    detail: dict[str, Any],
    actor: Actor = SYSTEM,
) -> db.attention.Attention:
    """The open reason with this `detail` (ids and codes only), opened and told now if it is new."""
    record = verifications.take(session, media_id)
    for waiting in db.attention.open_of(session, media_id, reason):
        if waiting.detail == detail:
            return waiting
    found = db.attention.Attention(media_id=media_id, reason=reason, detail=detail)
    session.add(found)
    session.flush()
    told = {"attention_id": found.id, "reason": reason.value, **detail}
    verifications.change(session, record, actor, HistoryAction.ATTENTION_OPENED, told)
    data = {
        "attention_id": found.id,
        "reasons": [reason],
        "detail": detail,
        "actor_kind": actor.kind,
    }
    events.publish(session, EventType.ATTENTION_REQUIRED, media_id, data)
    return found


def report(
    session: Session, record: db.verifications.Verification, wanted: NewAttention, actor: Actor
) -> db.attention.Attention:
    """Open what a person noticed about `record`; once while it is open."""
    waiting = db.attention.open_of(session, record.media_id, wanted.reason)
    if waiting:
        raise Conflict("This is open already.", attention_id=waiting[0].id)
    written = notes.write(session, record.media_id, wanted.note, actor)
    return open(session, record.media_id, wanted.reason, {"note_id": written.id}, actor)


def close(
    session: Session,
    record: db.verifications.Verification,
    attention_id: str,
    note: str,
    actor: Actor,
) -> db.attention.Attention:
    """Close a reason of `record` (from `verifications.take`); `note` says what came of it."""
    found = db.attention.find(session, attention_id)
    if found is None or found.media_id != record.media_id:
        raise NotFound("This record has no such reason for attention.")
    if found.closed_at is not None:
        raise Conflict("Somebody closed this already.", closed_at=found.closed_at)
    written = notes.write(session, record.media_id, note, actor)
    found.closed_at, found.note_id = db.now(), written.id
    found.closed_by, found.closed_by_name = actor.id, actor.name
    details = {"attention_id": found.id, "reason": found.reason.value, "note_id": written.id}
    verifications.change(session, record, actor, HistoryAction.ATTENTION_CLOSED, details)
    data = {"attention_id": found.id, "reasons": [found.reason], "actor_kind": actor.kind}
    events.publish(session, EventType.ATTENTION_CLOSED, record.media_id, data)
    return found


def read(session: Session, media_id: str, limit: int, cursor: str | None) -> Page[AttentionItem]:
    """One page of a record's reasons, closed ones included, newest first."""
    verifications.find(session, media_id)
    page = db.attention.page(session, media_id, limit, cursor)
    return Page(items=[shown(each) for each in page.items], next=page.next)


def open_first(session: Session, media_id: str, limit: int) -> Page[AttentionItem]:
    """All open reasons of a record, then the newest closed ones, at most `limit`."""
    closed = db.attention.closed_page(session, media_id, limit)
    items = [*db.attention.open_of(session, media_id), *closed.items]
    return Page(items=[shown(each) for each in items], next=closed.next)


def shown(found: db.attention.Attention) -> AttentionItem:
    """A reason as it is answered."""
    closed_by = None
    if found.closed_by is not None:
        closed_by = Person(id=found.closed_by, name=found.closed_by_name or found.closed_by)
    return AttentionItem(
        id=found.id,
        media_id=found.media_id,
        reason=found.reason,
        detail=found.detail,
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        closed_by=closed_by,
        note_id=found.note_id,
    )
