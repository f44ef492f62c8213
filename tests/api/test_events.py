"""The event feed over HTTP."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import fastapi.routing
import httpx2
import pytest
from fastapi.testclient import TestClient

from app.access import SYSTEM, Role
from app.api.events import POLL_S, stream_events
from app.bootstrap import Parts
from app.db import Database
from app.door.callers import Caller
from app.schemas.enums import EventType
from app.services import events, keys
from tests.serving import served


def publish(database: Database, kind: EventType, media_id: str) -> str:
    with database.write() as session:
        return events.publish(session, kind, media_id, {"links": {"match": "/v1/matches/1"}}).id


def test_following_gives_every_event_once_and_in_order(
    client: TestClient, database: Database
) -> None:
    ids = [publish(database, EventType.NOTE_ADDED, "m1") for _ in range(5)]
    seen, after = [], 0
    while True:
        page = client.get("/v1/events", params={"after": after, "limit": 2}).json()
        seen += [item["data"]["id"] for item in page["items"]]
        after = page["next_after"]
        if page["next"] is None:
            break
        assert page["next"] == str(after)
    assert seen == ids
    later = publish(database, EventType.NOTE_ADDED, "m1")
    page = client.get("/v1/events", params={"after": after}).json()
    assert [item["data"]["id"] for item in page["items"]] == [later]
    assert client.get("/v1/events", params={"after": page["next_after"]}).json() == {
        "items": [],
        "next_after": page["next_after"],
        "next": None,
    }


def test_filters_by_type_and_item(client: TestClient, database: Database) -> None:
    publish(database, EventType.NOTE_ADDED, "m1")
    publish(database, EventType.MATCH_FOUND, "m1")
    publish(database, EventType.MATCH_FOUND, "m2")
    asked = {"type": "match.found", "media_id": "m2"}
    (item,) = client.get("/v1/events", params=asked).json()["items"]
    assert (item["type"], item["data"]["media_id"], item["seq"]) == ("match.found", "m2", 3)
    assert client.get("/v1/events", params={"type": "match.lost"}).status_code == 422


def test_one_event_is_found_by_its_link(client: TestClient, database: Database) -> None:
    publish(database, EventType.MATCH_FOUND, "m1")
    (item,) = client.get("/v1/events").json()["items"]
    links = item["data"]["links"]
    assert links["match"] == "/v1/matches/1"
    assert client.get(links["self"]).json() == item
    assert client.get("/v1/events/none").status_code == 404


def test_the_feed_needs_a_key(client_as: Callable[[Role], TestClient]) -> None:
    client = client_as(Role.VIEWER)
    assert client.get("/v1/events").status_code == 200
    client.headers.pop("authorization")
    assert client.get("/v1/events").status_code == 401


@contextmanager
def streaming(parts: Parts) -> Iterator[str]:
    """The address of the application behind a real server, since a stream has no end."""
    config = {"log_level": "error", "timeout_graceful_shutdown": 1, "ws": "none"}
    with served(parts, **config) as port:
        yield f"http://127.0.0.1:{port}"


def read_ids(url: str, headers: dict[str, str], count: int) -> list[str]:
    ids: list[str] = []
    with httpx2.stream("GET", url, headers=headers, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("id: "):
                ids.append(line.removeprefix("id: "))
            if len(ids) == count:
                return ids
    return ids


def test_a_stream_that_is_cut_off_continues(
    parts: Parts, database: Database, make_key: Callable[[Role], str]
) -> None:
    headers = {"Authorization": f"Bearer {make_key(Role.VIEWER)}"}
    for _ in range(3):
        publish(database, EventType.NOTE_ADDED, "m1")
    with streaming(parts) as url:
        assert read_ids(f"{url}/v1/events/stream", headers, 2) == ["1", "2"]
        later = threading.Timer(0.3, publish, (database, EventType.NOTE_ADDED, "m1"))
        later.start()
        continuing = {**headers, "Last-Event-ID": "2"}
        assert read_ids(f"{url}/v1/events/stream", continuing, 2) == ["3", "4"]
        later.join()
        assert httpx2.get(f"{url}/v1/events/stream").status_code == 401


def test_an_idle_stream_is_kept_open_and_ends_with_the_server(
    parts: Parts, make_key: Callable[[Role], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.2)
    headers = {"Authorization": f"Bearer {make_key(Role.VIEWER)}"}
    with contextlib.ExitStack() as stack:
        with streaming(parts) as url:
            stream = httpx2.stream("GET", f"{url}/v1/events/stream", headers=headers, timeout=10)
            lines = stack.enter_context(stream).iter_lines()
            assert next(line for line in lines if line) == ": ping"
            leaving = time.monotonic()
        assert time.monotonic() - leaving < 5
        with contextlib.suppress(httpx2.TransportError):
            assert set(lines) <= {"", ": ping"}


def test_a_stream_ends_with_its_key(parts: Parts, make_key: Callable[[Role], str]) -> None:
    actor = keys.identify(parts.database, make_key(Role.VIEWER)).actor

    async def follow() -> None:
        async for _ in stream_events(Caller(actor), parts):
            raise AssertionError("there is nothing to tell")

    async def revoke_in_mid_stream() -> None:
        following = asyncio.create_task(follow())
        await asyncio.sleep(POLL_S)
        assert not following.done()
        with parts.database.write() as session:
            keys.revoke(session, actor.id, SYSTEM)
        await asyncio.wait_for(following, 10)

    asyncio.run(revoke_in_mid_stream())
