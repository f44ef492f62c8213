"""Tell the world: an event, and its deliveries, written with the change that caused it."""

from collections.abc import Collection, Sequence
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.errors import NotFound
from app.schemas.enums import EventType
from app.schemas.events import EventItem, EventPage, thin
from app.schemas.privacy_enums import SensitivityFlag
from app.services import filtering


def publish(
    session: Session, kind: EventType, media_id: str | None, data: dict[str, Any]
) -> db.events.Event:
    """Record an event in the caller's transaction, with a delivery for each endpoint that wants it.

    `data` holds the type's own fields (`app.schemas.events.FIELDS`) and, where a key's holder did
    it, their `actor_kind`; what every event carries is added when it is told.
    """
    event = record(session, kind, media_id, data)
    asking = {each.id for each in filtering.receivers(session, event)}
    _promise(session, event, asking)
    return event


def publish_urgently(
    session: Session, kind: EventType, media_id: str | None, data: dict[str, Any]
) -> db.events.Event:
    """Record an event whose deliveries are sent before all others that wait.

    Besides the endpoints that want it, those get it that were told of any status of this item: who
    knows a verdict has to learn of its withdrawal.
    """
    event = record(session, kind, media_id, data)
    asking = {each.id for each in filtering.receivers(session, event)}
    told = db.webhooks.told(session, media_id, EventType.STATUS_CHANGED) if media_id else set()
    _promise(session, event, asking | told, urgent=True)
    return event


def record(
    session: Session, kind: EventType, media_id: str | None, data: dict[str, Any]
) -> db.events.Event:
    """Record one event in the caller's transaction; nobody is sent anything."""
    db.in_commit_order(session)
    own = {"actor_kind": SYSTEM.kind, **data}
    event = db.events.Event(type=kind, media_id=media_id, data=to_jsonable_python(own))
    session.add(event)
    session.flush()
    return event


def _promise(
    session: Session,
    event: db.events.Event,
    endpoint_ids: Collection[str],
    *,
    urgent: bool = False,
) -> None:
    session.add_all(
        db.webhooks.Delivery(endpoint_id=each, event_seq=event.seq, urgent=urgent)
        for each in endpoint_ids
    )
    session.flush()


def told_data(event: db.events.Event, flags: frozenset[SensitivityFlag]) -> dict[str, Any]:
    """The `data` of an event as receivers and readers of the feed get it.

    `flags` are those of the items that it is about, as of now.
    """
    links = {"self": f"/v1/events/{event.id}"}
    if event.media_id:
        links["media"] = f"/v1/media/{event.media_id}"
    common = {"id": event.id, "media_id": event.media_id, "occurred_seq": event.seq}
    own = thin(event.data, flags)
    return {**own, **common, "links": {**event.data.get("links", {}), **links}}


def find(session: Session, event_id: str) -> EventItem:
    """One event."""
    event = db.events.by_id(session, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    return _items(session, [event])[0]


def follow(
    session: Session,
    after: int,
    limit: int,
    kind: EventType | None = None,
    media_id: str | None = None,
) -> EventPage:
    """The events after number `after`, complete and in order."""
    found = db.events.after(session, after, limit, kind, media_id)
    next_after = found[-1].seq if found else after
    more = str(next_after) if len(found) == limit else None
    return EventPage(items=_items(session, found), next_after=next_after, next=more)


def _items(session: Session, found: Sequence[db.events.Event]) -> list[EventItem]:
    flags = db.events.flags_of(session, found)
    return [
        EventItem(
            seq=event.seq,
            type=event.type,
            timestamp=event.at,
            data=told_data(event, flags[event.seq]),
        )
        for event in found
    ]
