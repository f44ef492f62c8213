"""The event feed: complete, in order, from any point on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from app.access import Scope
from app.api.dependencies import CurrentCaller, PartsDep, Reader, Reading, requires
from app.api.pages import DEFAULT_LIMIT, Limit
from app.api.problems import documented
from app.db import Database
from app.door.callers import Caller
from app.schemas.enums import EventType
from app.schemas.events import EventItem, EventPage
from app.services import events

router = APIRouter(tags=["events"])

POLL_S = 0.5
STREAM_BATCH = 100

After = Annotated[int, Query(ge=0, lt=2**63, description="The last number seen; 0 for all.")]


LastEventId = Annotated[
    int | None, Header(ge=0, lt=2**63, description="The last number seen; sent by browsers.")
]


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


@router.get(
    "/v1/events/stream",
    response_class=EventSourceResponse,
    dependencies=[Depends(requires(Scope.MEDIA_READ))],
)
async def stream_events(
    caller: CurrentCaller,
    parts: PartsDep,
    after: After = 0,
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """The feed as server-sent events; a client that comes back continues where it was cut off."""
    seen = after if last_event_id is None else last_event_id
    while True:
        page = await run_in_threadpool(_following, parts.database, seen, caller)
        if page is None:
            return
        for item in page.items:
            yield ServerSentEvent(data=item, event=item.type.value, id=str(item.seq))
        seen = page.next_after
        if page.next is None:
            await asyncio.sleep(POLL_S)


def _following(database: Database, after: int, caller: Caller) -> EventPage | None:
    with database.read() as session:
        # A stream may go on for days; what let its reader in need not.
        if not caller.is_valid(session):
            return None
        return events.follow(session, after, STREAM_BATCH)


@router.get("/v1/events/{event_id}", responses=documented(404))
def get_event(event_id: str, actor: Reader, session: Reading) -> EventItem:
    """One event, by the id that webhooks carry."""
    return events.find(session, event_id)
