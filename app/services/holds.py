"""Legal holds: what is held is neither purged nor erased, whatever else asks for it."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.holds import Hold
from app.errors import Conflict, Held, NotFound, Unprocessable
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.holds import HoldAnswer, NewHold
from app.schemas.page import Page
from app.services import events, verifications


def place(session: Session, wanted: NewHold, actor: Actor) -> HoldAnswer:
    """Put a hold on an item; a second one beside it is another reason to keep it."""
    if wanted.until is not None and wanted.until <= db.now():
        raise Unprocessable("`until` is in the past.")
    record = verifications.take(session, wanted.media_id)
    hold = Hold(
        media_id=wanted.media_id,
        reason=wanted.reason,
        until=wanted.until,
        placed_by=actor.id,
        placed_by_name=actor.name,
    )
    session.add(hold)
    session.flush()
    details = {"hold_id": hold.id, "until": wanted.until.isoformat() if wanted.until else None}
    verifications.change(session, record, actor, HistoryAction.HOLD_PLACED, details)
    _publish(session, EventType.HOLD_PLACED, hold, actor)
    return answer(hold)


def release(session: Session, hold_id: str, reason: str, actor: Actor) -> HoldAnswer:
    """End a hold; others on the same item stay."""
    media_id = _find(session, hold_id).media_id
    record = verifications.take(session, media_id)
    hold = _find(session, hold_id)
    session.refresh(hold)
    if hold.released_at is not None:
        raise Conflict("This hold was released before.", released_at=hold.released_at.isoformat())
    hold.released_at, hold.release_reason = db.now(), reason
    hold.released_by, hold.released_by_name = actor.id, actor.name
    session.flush()
    details = {"hold_id": hold.id}
    verifications.change(session, record, actor, HistoryAction.HOLD_RELEASED, details)
    _publish(session, EventType.HOLD_RELEASED, hold, actor)
    return answer(hold)


def refuse_if_held(session: Session, media_id: str) -> None:
    """Refuse to take anything of an item away while a hold is on it.

    The caller has `in_commit_order`, so that no hold is placed meanwhile.
    """
    held = [hold.id for hold in db.holds.of_media(session, media_id)]
    if held:
        raise Held("A legal hold keeps this item; it must be released first.", holds=held)


def listed(
    session: Session, media_id: str | None, limit: int, cursor: str | None, *, all_of_them: bool
) -> Page[HoldAnswer]:
    """One page of holds, newest first."""
    page = db.holds.page(session, media_id, limit, cursor, all_of_them=all_of_them)
    return Page(items=[answer(hold) for hold in page.items], next=page.next)


def answer(hold: Hold) -> HoldAnswer:
    """A hold on the wire."""
    ended = hold.released_at is not None or (hold.until is not None and hold.until <= db.now())
    released_by = (
        Person(id=hold.released_by, name=hold.released_by_name or hold.released_by)
        if hold.released_by
        else None
    )
    return HoldAnswer(
        id=hold.id,
        media_id=hold.media_id,
        reason=hold.reason,
        until=hold.until,
        active=not ended,
        placed_at=hold.placed_at,
        placed_by=Person(id=hold.placed_by, name=hold.placed_by_name),
        released_at=hold.released_at,
        released_by=released_by,
        release_reason=hold.release_reason,
        links={"media": f"/v1/media/{hold.media_id}", "release": f"/v1/holds/{hold.id}/release"},
    )


def _find(session: Session, hold_id: str) -> Hold:
    hold = db.holds.find(session, hold_id)
    if hold is None:
        raise NotFound("There is no such hold.")
    return hold


def _publish(session: Session, kind: EventType, hold: Hold, actor: Actor) -> None:
    data = {"hold_id": hold.id, "scope": "media", "actor_kind": actor.kind}
    events.publish(session, kind, hold.media_id, data)
