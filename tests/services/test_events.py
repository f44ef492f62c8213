"""Events are written with their cause, in commit order, and told in a fixed shape."""

import random
import threading
import time

import pytest

from app import db
from app.access import SYSTEM
from app.db import Database
from app.schemas.enums import EventType
from app.schemas.events import BODY_MAX_BYTES, encode_body
from app.schemas.webhooks import NewWebhook
from app.services import deliveries, events, filtering, webhooks


def pending(database: Database, endpoint_id: str) -> int:
    which = deliveries.DeliveryFilter(None, 200, None, endpoint_id)
    with database.read() as session:
        return len(deliveries.listing(session, which).items)


@pytest.mark.parametrize(
    ("filters", "let_through"),
    [
        (["*"], {EventType.MATCH_FOUND, EventType.MATCH_REVIEWED, EventType.NOTE_ADDED}),
        (["match.*"], {EventType.MATCH_FOUND, EventType.MATCH_REVIEWED}),
        (["note.added"], {EventType.NOTE_ADDED}),
        (["match.found", "note.*"], {EventType.MATCH_FOUND, EventType.NOTE_ADDED}),
    ],
)
def test_an_endpoint_names_all_types_a_type_or_a_prefix(
    filters: list[str], let_through: set[EventType]
) -> None:
    asked = {EventType.MATCH_FOUND, EventType.MATCH_REVIEWED, EventType.NOTE_ADDED}
    assert {kind for kind in asked if filtering.names(filters, kind)} == let_through


def test_a_rolled_back_change_leaves_no_event_and_no_delivery(database: Database) -> None:
    wanted = NewWebhook(url="https://example.org/")
    with database.write() as session:
        endpoint = webhooks.create(session, wanted, SYSTEM, allow_private=False)

    def fail() -> None:
        with database.write() as session:
            events.publish(session, EventType.NOTE_ADDED, "m1", {})
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        fail()
    assert pending(database, endpoint.id) == 0
    with database.read() as session:
        assert events.follow(session, 0, 10).items == []


def test_what_is_urgent_goes_first_and_to_whoever_was_told_the_verdict(
    database: Database,
) -> None:
    def endpoint(*filters: str) -> str:
        wanted = NewWebhook(url="https://example.org/", events=list(filters))
        with database.write() as session:
            return webhooks.create(session, wanted, SYSTEM, allow_private=False).id

    told, asking, other = (
        endpoint("verification.status_changed"),
        endpoint("verification.withdrawn"),
        endpoint("note.added"),
    )
    with database.write() as session:
        events.publish(session, EventType.STATUS_CHANGED, "m1", {})
        events.publish(session, EventType.STATUS_CHANGED, "m2", {})
        urgent = events.publish_urgently(session, EventType.VERDICT_WITHDRAWN, "m1", {})
    assert [pending(database, each) for each in (told, asking, other)] == [3, 1, 0]
    with database.write() as session:
        first, *_ = db.sending.due(session, told, db.now(), 10, ())
        delivery = db.webhooks.find_delivery(session, first)
        assert delivery is not None
        assert delivery.event_seq == urgent.seq, "before what has waited for longer"
        late = events.publish_urgently(session, EventType.VERDICT_WITHDRAWN, "m3", {})
    with database.read() as session:
        found = deliveries.listing(session, deliveries.DeliveryFilter(None, 200, None, told)).items
    assert late.seq not in {each.event_seq for each in found}


def test_a_reader_that_follows_skips_nothing_while_many_write(database: Database) -> None:
    writers, each_writes = 6, 15
    done = threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for number in range(each_writes):
            with database.write() as session:
                events.publish(session, EventType.NOTE_ADDED, f"m{seed}-{number}", {})
                time.sleep(chance.uniform(0, 0.004))

    seen: list[str | None] = []

    def read() -> None:
        after = 0
        while True:
            last_round = done.is_set()
            with database.read() as session:
                page = events.follow(session, after, 7)
            after = page.next_after
            seen.extend(item.data["media_id"] for item in page.items)
            if last_round and not page.items:
                return

    reader = threading.Thread(target=read)
    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(writers)]
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    expected = {f"m{seed}-{number}" for seed in range(writers) for number in range(each_writes)}
    assert len(seen) == len(expected)
    assert set(seen) == expected


def test_an_over_long_event_is_told_without_its_bulk() -> None:
    bulk = {"links": {"self": "/v1/events/1"}, "match_id": "x", "segments": ["é"] * 9000}
    body = encode_body(EventType.MATCH_FOUND, db.now(), bulk)
    assert len(body) < BODY_MAX_BYTES
    assert b'"match_id":"x"' in body
    assert b'"truncated":true' in body
