"""The same footage from several senders is one group: proven pairs of the item alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db, services
from app.access import SYSTEM, Role
from app.bootstrap import Parts
from app.core.policy import Grade, Relation
from app.db import Database
from app.services import shredding
from tests.records import PURGE, add_item, add_match, found_match, make_known

DAY = datetime(2026, 1, 11, tzinfo=UTC)


@pytest.fixture
def items(database: Database) -> list[str]:
    """Five items, each received a day after the one before; the second is long, the third large."""
    with database.write() as session:
        ids = [add_item(session, source_name=f"sender {number}") for number in range(5)]
        for number, media_id in enumerate(ids):
            item = db.media.find(session, media_id)
            assert item is not None
            item.received_at = DAY + timedelta(days=number)
            item.duration_ms = 20_000 if number == 1 else 10_000
            item.width, item.height = (1920, 1080) if number == 2 else (640, 360)
    return ids


def versions(client: TestClient, media_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/media/{media_id}/versions")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids_of(found: dict[str, Any]) -> list[str]:
    return [each["media"]["id"] for each in found["items"]]


def test_versions_are_one_group_whichever_was_the_query(
    client: TestClient, database: Database, items: list[str]
) -> None:
    first, second, third, *_ = items
    with database.write() as session:
        add_match(session, second, first, confidence=0.95)
        add_match(session, third, second, Grade.PROBABLE, confidence=0.6)
        make_known(session, first)
    found = versions(client, second)
    assert ids_of(found) == [second, first, third]
    assert [each["shelf"] for each in found["items"]] == ["upload", "known", "upload"]
    assert [each["receipts"][0]["source_name"] for each in found["items"]] == [
        f"sender {number}" for number in (1, 0, 2)
    ]
    assert found["items"][0]["match"] is None
    matches = [each["match"] for each in found["items"][1:]]
    assert [(each["is_query"], each["grade"]) for each in matches] == [
        (True, "certain"),
        (False, "probable"),
    ]
    assert (found["earliest_received"], found["longest"], found["largest"]) == (
        first,
        second,
        third,
    )
    assert found["complete"]


def test_a_version_of_a_version_is_none(
    client: TestClient, database: Database, items: list[str]
) -> None:
    first, second, third, *_ = items
    with database.write() as session:
        add_match(session, second, first)
        add_match(session, third, second)
    assert ids_of(versions(client, first)) == [first, second]


def test_what_is_not_proven_or_no_longer_holds_is_no_version(
    client: TestClient, parts: Parts, items: list[str]
) -> None:
    asked, lead, rejected, purged, heard = items
    with parts.database.write() as session:
        add_match(session, asked, lead, Grade.LEAD, 0.4)
        match_id = add_match(session, rejected, asked)
        add_match(session, asked, purged)
        sound = found_match(asked, heard)
        sound.relation = Relation.SAME_SOUND
        session.add(sound)
    review = {"decision": "rejected", "note": "Another take."}
    assert client.post(f"/v1/matches/{match_id}/review", json=review).is_success
    shredder = shredding.Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, purged, PURGE, SYSTEM)
    assert ids_of(versions(client, asked)) == [asked]
    assert client.get(f"/v1/media/{purged}/versions").status_code == 410


def test_an_ident_is_no_version(client: TestClient, database: Database, items: list[str]) -> None:
    body = {"slug": "idents", "title": "Idents", "kind": "common"}
    assert client.post("/v1/collections", json=body).status_code == 201
    with database.write() as session:
        add_match(session, items[0], items[1])
    assert client.put(f"/v1/collections/idents/media/{items[1]}").is_success
    assert ids_of(versions(client, items[0])) == [items[0]]
    # Nor are the programmes that show an ident versions of it.
    assert ids_of(versions(client, items[1])) == [items[1]]


def test_both_ways_are_one_version_and_who_sent_it_is_withheld(
    client_as: Callable[[Role], TestClient], database: Database, items: list[str]
) -> None:
    first, second, *_ = items
    with database.write() as session:
        add_match(session, first, second, confidence=0.91)
        sure = add_match(session, second, first, confidence=0.99)
        [receipt] = db.media.receipts(session, second, 5, None).items
        receipt.sender = "a neighbour"
    for role, sender in ((Role.VERIFIER, "a neighbour"), (Role.VIEWER, None)):
        found = versions(client_as(role), first)
        assert ids_of(found) == [first, second]
        assert found["items"][1]["match"]["id"] == sure
        assert found["items"][1]["receipts"][0]["sender"] == sender


def test_of_very_many_versions_no_more_than_are_shown_are_read(
    client: TestClient, database: Database, items: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.versions, "MOST", 1)
    first, second, *others = items
    read: list[object] = []

    def count(loaded: object, _: object) -> None:
        read.append(loaded)

    with database.write() as session:
        for number, other in enumerate(others):
            add_match(session, first, other, confidence=0.8 - number / 100)
        add_match(session, first, second)
        add_match(session, second, first)
    sa.event.listen(db.matches.StoredMatch, "load", count)
    try:
        found = versions(client, first)
    finally:
        sa.event.remove(db.matches.StoredMatch, "load", count)
    assert (ids_of(found), found["complete"]) == ([first, second], False)
    assert len(read) == 4
