"""Which items are due, and what the desk purges by itself."""

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM, Role
from app.blobs.purge_list import PurgeList
from app.bootstrap import Parts, retention_policy
from app.db import Database
from app.schemas.enums import ReviewDecision, VerificationStatus
from app.schemas.privacy_enums import RetentionClass
from app.schemas.publications import Desk, PublicationRequest
from app.services import housekeeping, publication, purging, verifications
from app.services.retention import RetentionPolicy
from app.services.shredding import Shredder
from app.settings import Settings
from tests.receiver import wait_until
from tests.records import PURGE, actor_of, add_item, add_match, make_known, put_at
from tests.services.publishing import conclude, look
from tests.uploads import png, upload

ClientAs = Callable[[Role], TestClient]
NOTE = "It is a test of ours."


def age(database: Database, days: float) -> None:
    """Let everything that happened lie further back."""
    columns = {
        "media": "received_at",
        "receipts": "received_at",
        "history": "at",
        "retention_classes": "set_at",
    }
    with database.write() as session:
        for name, column in columns.items():
            table = db.Table.metadata.tables[name]
            key = table.primary_key.columns.values()[0]
            for row in session.execute(sa.select(key, table.c[column])).all():
                earlier: datetime = row[1] - timedelta(days=days)
                one = sa.update(table).where(key == row[0])
                session.execute(one.values({column: earlier}))


def void(client: TestClient, own: str) -> None:
    answer = client.post(
        f"{own}/verification/transitions",
        json={"to": "void", "reason_code": "test", "note": NOTE},
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.text


def due(client: TestClient, **query: int) -> dict[str, str]:
    answer = client.get("/v1/retention", params=query)
    assert answer.status_code == 200, answer.text
    return {each["media_id"]: each["retention_class"] for each in answer.json()["items"]}


def test_the_class_follows_from_the_state(client: TestClient, database: Database) -> None:
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    client.post("/v1/collections", json=body)
    known = upload(client, png(1), collection="archive").json()["id"]
    voided, unused = (upload(client, png(seed)).json()["id"] for seed in (2, 3))
    void(client, f"/v1/media/{voided}")
    with database.write() as session:
        worked, vouched, related, rejected = (add_item(session) for _ in range(4))
        put_at(session, worked, VerificationStatus.IN_REVIEW)
        for query, other, decision in (
            (vouched, related, ReviewDecision.CONFIRMED),
            (rejected, unused, ReviewDecision.REJECTED),
        ):
            match = db.matches.find(session, add_match(session, query, other))
            assert match is not None
            match.decision = decision
    expected = {
        known: "known_archive",
        voided: "void",
        unused: "unused_ugc",
        worked: "used",
        vouched: "used",
        related: "used",
        rejected: "unused_ugc",
    }
    for media_id, name in expected.items():
        answer = client.get(f"/v1/media/{media_id}/retention").json()
        assert (answer["retention_class"], answer["by_hand"]) == (name, False), name
        assert (answer["due_at"] is None) == (name in {"used", "known_archive"})
    assert client.get("/v1/media/nothing/retention").status_code == 404


def test_due_is_what_was_kept_long_enough(client: TestClient, database: Database) -> None:
    own = upload(client, png(1)).json()["links"]["self"]
    unused = upload(client, png(2)).json()
    age(database, 6.9)
    assert due(client) == {}
    void(client, own)
    media_id = own.rsplit("/", 1)[-1]
    assert due(client, within_days=6) == {}
    assert due(client, within_days=8) == {media_id: "void"}
    age(database, 7.1)
    assert due(client) == {media_id: "void"}
    age(database, 90 - 7.1)
    assert due(client) == {media_id: "void", unused["id"]: "unused_ugc"}
    upload(client, png(2))  # it is wanted again
    assert due(client) == {media_id: "void"}
    rules = client.get("/v1/retention").json()["classes"]
    assert [(each["retention_class"], each["days"]) for each in rules] == [
        ("unused_ugc", 90),
        ("used", None),
        ("void", 7),
        ("known_archive", None),
    ]
    assert [each["purged_automatically"] for each in rules] == [False, False, True, False]


def test_a_class_set_by_hand_goes_first(
    client: TestClient, client_as: ClientAs, database: Database
) -> None:
    own = upload(client, png(1)).json()["links"]["self"]
    age(database, 100)
    keep = {"retention_class": "used", "reason": "The court may ask."}
    assert client_as(Role.EDITOR).put(f"{own}/retention", json=keep).status_code == 403
    assert client.put(f"{own}/retention", json=keep).json()["by_hand"] is True
    assert due(client) == {}
    drop = {"retention_class": "void", "reason": "Nobody needs it."}
    assert client.put(f"{own}/retention", json=drop).json()["retention_class"] == "void"
    assert due(client) == {}  # its time began anew
    age(database, 8)
    assert list(due(client).values()) == ["void"]
    derived = {"retention_class": None, "reason": "As it was."}
    assert client.put(f"{own}/retention", json=derived).json()["retention_class"] == "unused_ugc"
    last = client.get(f"{own}/verification/history").json()["items"][-1]
    assert last["action"] == "retention_set"


def test_the_desk_purges_what_is_due_and_not_held(
    client: TestClient, parts: Parts, database: Database
) -> None:
    first, second, third = (upload(client, png(seed)).json()["links"]["self"] for seed in range(3))
    void(client, first)
    void(client, second)
    held = {"media_id": second.rsplit("/", 1)[-1], "reason": "a case"}
    placed = client.post("/v1/holds", json=held).json()["id"]
    age(database, 100)
    (shown,) = [e for e in client.get("/v1/retention").json()["items"] if e["held"]]
    assert shown["media_id"] == held["media_id"]
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    assert housekeeping.purge_due(shredder, parts.retention) == 1
    assert client.get(first).json()["tombstone"]["authority"] == "retention"
    assert client.get(second).status_code == client.get(third).status_code == 200
    assert housekeeping.purge_due(shredder, parts.retention) == 0
    client.post(f"/v1/holds/{placed}/release", json={"reason": "closed"})
    everything = RetentionPolicy(automatic=frozenset(RetentionClass))
    assert housekeeping.purge_due(shredder, everything) == 2
    assert client.get("/v1/media").json()["items"] == []


class Interrupted(PurgeList):
    """A list of purges at whose first line somebody does something."""

    def __init__(self, path: Path, act: Callable[[], None]) -> None:
        super().__init__(path)
        self.act = act

    def append(self, entry: dict[str, Any]) -> None:
        super().append(entry)
        act, self.act = self.act, lambda: None
        act()


def test_what_is_taken_up_while_others_are_purged_stays(
    client: TestClient, parts: Parts, database: Database
) -> None:
    owns = [upload(client, png(seed)).json()["links"]["self"] for seed in range(5)]
    for each in owns:
        void(client, each)
    age(database, 100)
    reopened, sent_again, known, kept = owns[1:]

    def take_up() -> None:
        again = {"to": "in_review", "note": NOTE, "assignee": "me"}
        answer = client.post(
            f"{reopened}/verification/transitions", json=again, headers={"If-Match": "*"}
        )
        assert answer.status_code == 200, answer.text
        upload(client, png(2))
        with database.write() as session:
            make_known(session, known.rsplit("/", 1)[-1])
        wanted = {"retention_class": "void", "reason": "Another week."}
        assert client.put(f"{kept}/retention", json=wanted).status_code == 200

    listed = Interrupted(parts.purge_list.path, take_up)
    shredder = Shredder(parts.database, parts.blobs, listed)
    assert housekeeping.purge_due(shredder, parts.retention) == 1
    assert client.get(owns[0]).status_code == 410
    for each in (reopened, sent_again, known, kept):
        assert client.get(each).status_code == 200, each
    assert housekeeping.purge_due(shredder, parts.retention) == 0


def test_what_is_public_is_not_purged_by_itself(
    client: TestClient, parts: Parts, database: Database
) -> None:
    with database.write() as session:
        media_id = add_item(session)
        look(session, media_id)
        conclude(session, media_id, VerificationStatus.VERIFIED)
        record = verifications.take(session, media_id)
        wanted = PublicationRequest()
        desk = Desk(name="The Desk", url="https://desk.example")
        publication.publish(session, record, wanted, desk, actor_of(Role.EDITOR))
        put_at(session, media_id, VerificationStatus.VOID, record.publication)
    own = f"/v1/media/{media_id}"
    age(database, 100)
    assert due(client) == {media_id: "void"}
    assert client.get(f"{own}/retention").json()["purged_automatically"] is False
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    assert housekeeping.purge_due(shredder, parts.retention) == 0
    court = {"authority": "court", "reason": "Order 12/26"}
    assert client.post(f"{own}/purge", json=court).status_code == 200


def test_a_worker_finishes_what_others_began_and_purges_what_is_due(
    client: TestClient, parts: Parts, database: Database
) -> None:
    begun, voided = (upload(client, png(seed)).json()["links"]["self"] for seed in range(2))
    void(client, voided)
    age(database, 8)
    with database.write() as session:
        purging.order(session, begun.rsplit("/", 1)[-1], PURGE, SYSTEM)
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    stop = threading.Event()
    keeping = (shredder, parts.jobs, parts.retention, 3600.0, stop)
    worker = threading.Thread(target=housekeeping.run, args=keeping)
    worker.start()
    try:
        wait_until(lambda: all(is_purged(client, own) for own in (begun, voided)))
    finally:
        stop.set()
        worker.join()


def test_what_is_stuck_stops_neither_what_is_due_nor_what_expires(
    client: TestClient, parts: Parts, database: Database
) -> None:
    stuck, voided = (upload(client, png(seed)).json() for seed in range(2))
    void(client, voided["links"]["self"])
    age(database, 8)
    path = parts.blobs.path(stuck["sha256"])
    path.unlink()
    path.mkdir()
    with database.write() as session:
        purging.order(session, stuck["id"], PURGE, SYSTEM)
    forgotten = parts.settings.blobs_dir / "parts" / "forgotten"
    forgotten.touch()
    os.utime(forgotten, (0, 0))
    stop = threading.Event()
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    keeping = (shredder, parts.jobs, parts.retention, 3600.0, stop)
    worker = threading.Thread(target=housekeeping.run, args=keeping)
    worker.start()
    try:
        wait_until(lambda: is_purged(client, voided["links"]["self"]) and not forgotten.exists())
    finally:
        stop.set()
        worker.join()
    assert not is_purged(client, stuck["links"]["self"])


def test_what_is_left_over_goes_while_the_desk_runs(
    client: TestClient, parts: Parts, database: Database
) -> None:
    left = parts.settings.blobs_dir / "incoming" / "incoming-left"
    left.touch()
    os.utime(left, (0, 0))
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body, headers={"Idempotency-Key": "a"}).is_success
    kept = db.Table.metadata.tables["idempotency"]
    with database.write() as session:
        session.execute(sa.update(kept).values(created_at=db.now() - timedelta(days=8)))

    def answers() -> int:
        with database.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(kept)) or 0

    stop = threading.Event()
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    keeping = (shredder, parts.jobs, parts.retention, 3600.0, stop)
    worker = threading.Thread(target=housekeeping.run, args=keeping)
    worker.start()
    try:
        wait_until(lambda: not left.exists() and not answers())
    finally:
        stop.set()
        worker.join()


def is_purged(client: TestClient, own: str) -> bool:
    answer = client.get(f"{own}/tombstone")
    return answer.status_code == 200 and bool(answer.json()["complete"])


@pytest.mark.parametrize(
    ("given", "automatic", "days"),
    [
        ({}, {"void"}, {"unused_ugc": 90, "void": 7}),
        ({"retention_automatic": "none"}, set(), {"unused_ugc": 90, "void": 7}),
        (
            {
                "retention_automatic": "all",
                "retention_void_days": "keep",
                "retention_used_days": "9",
            },
            {"unused_ugc", "used", "void", "known_archive"},
            {"unused_ugc": 90, "used": 9},
        ),
    ],
)
def test_settings_make_the_policy(
    given: dict[str, str],
    automatic: set[str],
    days: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"PROVENANCE_{name.upper()}", value)
    policy = retention_policy(Settings())
    assert set(policy.automatic) == automatic
    assert dict(policy.days) == days
