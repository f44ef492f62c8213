"""Who is told of an event: its type is asked for, and its items pass what else is asked for.

A filter applies to the events that carry what it asks about. Grade, score, `against` are a match's. Status,
collections, tags and flags are those of the items that an event names, the known one of a match
too, when it is published; a change of status has both statuses. What is about no item passes, and
so does `media.purged`: of a purged item nothing is left to ask about.
"""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.db.carried import Carried
from app.db.events import Event
from app.db.webhooks import WebhookEndpoint
from app.schemas.enums import EventType
from app.schemas.webhook_enums import Flagged

_CHANGES = (
    EventType.STATUS_CHANGED,
    EventType.CHANGE_PROPOSED,
    EventType.PROPOSAL_REFUSED,
    EventType.VERDICT_WITHDRAWN,
)


def receivers(session: Session, event: Event) -> list[WebhookEndpoint]:
    """The enabled endpoints that want an event; none is told of its own outage."""
    asking = [
        each
        for each in db.webhooks.enabled(session)
        if names(each.events, event.type) and each.id != event.data.get("endpoint_id")
    ]
    if not any(each.filters for each in asking):
        return asking
    items = db.events.items_of(event)
    carried = None
    if items and event.type is not EventType.MEDIA_PURGED:
        carried = db.carried.of(session, items)
    return [each for each in asking if _passes(each.filters, event, carried)]


def names(wanted: list[str], kind: EventType) -> bool:
    """Whether a type is among those asked for: `*`, a type, or a prefix such as `match.*`."""
    return any(
        each in {"*", kind.value}
        or (each.endswith(".*") and kind.value.startswith(each.removesuffix("*")))
        for each in wanted
    )


def _passes(filters: dict[str, Any], event: Event, carried: Carried | None) -> bool:
    for asked, said in (("grades", "grade"), ("against", "against")):
        value = event.data.get(said)
        if value is not None and asked in filters and value not in filters[asked]:
            return False
    score = event.data.get("score")
    if score is not None and score < filters.get("min_score", 0):
        return False
    return carried is None or all(
        there & set(filters[name])
        for name, there in _has(event, carried).items()
        if name in filters
    )


def _has(event: Event, carried: Carried) -> dict[str, set[str | None]]:
    changed = {event.data.get("from"), event.data.get("to")} if event.type in _CHANGES else set()
    flagged = Flagged.FLAGGED if carried.flags else Flagged.UNFLAGGED
    return {
        "statuses": {*carried.statuses, *changed},
        "collections": {*carried.collections},
        "tags": {*carried.tags},
        "sensitivity": {flagged, *carried.flags},
    }
