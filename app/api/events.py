"""The event feed: complete, in order, from any point on."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.dependencies import Reader, Reading
from app.api.pages import DEFAULT_LIMIT, Limit
from app.schemas.enums import EventType
from app.schemas.events import EventItem, EventPage
from app.services import events

router = APIRouter(tags=["events"])

After = Annotated[int, Query(ge=0, lt=2**63, description="The last number seen; 0 for all.")]


@router.get("/v1/events")
def list_events(
    actor: Reader,
    session: Reading,
    *,
    after: After = 0,
    limit: Limit = DEFAULT_LIMIT,
    type: EventType | None = None,  # noqa: A002  (the parameter's name on the wire)
    media_id: str | None = None,
) -> EventPage:
    """What happened after event number `after`: no event is missing, none comes late."""
    return events.follow(session, after, limit, type, media_id)


@router.get("/v1/events/{event_id}")
def get_event(event_id: str, actor: Reader, session: Reading) -> EventItem:
    """One event, by the id that webhooks carry."""
    return events.find(session, event_id)
