"""A partner's bundles are taken in by steps: cut short, repeated, overtaken."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.bootstrap import Parts
from app.core.exchange.bundles import Entry, Header, line_of, sealed
from app.core.exchange.listed_hashes import HashKind, ListedHash
from app.services import signing
from tests.listing import sha256_of

MANY = 450
BEGUN = 200

type Bundles = Callable[[int, Sequence[Entry]], bytes]


@pytest.fixture
def bundle(client: TestClient, tmp_path: Path) -> Bundles:
    """Makes bundles of a partner."""
    key = signing.load_or_make(tmp_path / "theirs")
    pem = key.public_pem.decode()
    wanted = {"name": "They", "public_key": pem, "scopes": ["imports"]}
    assert client.post("/v1/partners", json=wanted).status_code == 201
    later = (db.now() + timedelta(days=1)).isoformat()

    def make(seq: int, entries: Sequence[Entry]) -> bytes:
        header = Header("exchange", key.id, seq, later, later, len(entries))
        return sealed(header, map(line_of, entries), key.sign)

    return make


def entry(number: int, opinion: str = "seen") -> Entry:
    bits = bytes.fromhex(sha256_of(number))
    return Entry(f"e{number}", opinion, (ListedHash(HashKind.SHA256, bits, f"e{number}"),))


def taken_in(client: TestClient, data: bytes) -> tuple[int, ...]:
    """How many hashes are new and how many were there; how many entries were revoked."""
    done = client.post("/v1/exchange/imports", content=data)
    assert done.status_code == 201, done.text
    return tuple(done.json()[name] for name in ("added", "already", "revoked"))


def listed(parts: Parts) -> dict[str, str]:
    """The entries that stand, and what is said of each."""
    rows = sa.text("SELECT entry, label FROM listed_hashes WHERE withdrawn_at IS NULL")
    with parts.database.read() as session:
        return {row.entry: row.label for row in session.execute(rows)}


@contextmanager
def stopping_after(parts: Parts, entries: int) -> Iterator[None]:
    """Any commit fails once there are so many hashes, as if the process ended."""

    def stop(connection: sa.Connection) -> None:
        found = connection.exec_driver_sql("SELECT count(*) FROM listed_hashes").scalar_one()
        if found > entries:
            raise RuntimeError("the process ends here")

    sa.event.listen(parts.database.engine, "commit", stop)
    try:
        yield
    finally:
        sa.event.remove(parts.database.engine, "commit", stop)


@contextmanager
def statements(parts: Parts) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    seen: list[str] = []

    def see(*told: object) -> None:
        seen.append(str(told[2]))

    sa.event.listen(parts.database.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        sa.event.remove(parts.database.engine, "before_cursor_execute", see)


def test_an_import_that_was_cut_short_is_made_again(
    parts: Parts, client: TestClient, bundle: Bundles
) -> None:
    first = bundle(1, [entry(number) for number in range(MANY)])
    with stopping_after(parts, BEGUN):
        assert client.post("/v1/exchange/imports", content=first).status_code == 500
    assert len(listed(parts)) == BEGUN
    assert client.get("/v1/audit/verify").json()["ok"] is True
    assert taken_in(client, first) == (MANY - BEGUN, BEGUN, 0)
    [shown] = client.get("/v1/hash-lists").json()["items"]
    assert shown["hashes"] == len(listed(parts)) == MANY
    assert client.post("/v1/exchange/imports", content=first).status_code == 409
    assert client.get("/v1/audit/verify").json()["ok"] is True


def test_a_bundle_older_than_one_that_was_begun_is_refused(
    parts: Parts, client: TestClient, bundle: Bundles
) -> None:
    newer = bundle(3, [Entry("e0"), *(entry(number) for number in range(1, MANY))])
    taken_in(client, bundle(1, [entry(0)]))
    with stopping_after(parts, BEGUN):
        assert client.post("/v1/exchange/imports", content=newer).status_code == 500
    older = client.post("/v1/exchange/imports", content=bundle(2, [entry(0)]))
    assert (older.status_code, older.json()["last_seq"]) == (409, 1)
    taken_in(client, newer)
    assert sorted(listed(parts)) == sorted(f"e{number}" for number in range(1, MANY))


def test_what_is_there_already_is_not_written_again(
    parts: Parts, client: TestClient, bundle: Bundles
) -> None:
    entries = [entry(number) for number in range(MANY)]
    assert taken_in(client, bundle(1, entries)) == (MANY, 0, 0)
    with statements(parts) as seen:
        assert taken_in(client, bundle(2, entries)) == (0, MANY, 0)
    assert len(seen) < 100
    assert [each for each in seen if " listed_hashes" in each and "SELECT" not in each] == []


def test_only_what_differs_changes(parts: Parts, client: TestClient, bundle: Bundles) -> None:
    taken_in(client, bundle(1, [entry(1), entry(2), entry(3), entry(4)]))
    changed = [entry(1), entry(2, "fabricated"), Entry("e3"), Entry("e4"), entry(4), Entry("none")]
    assert taken_in(client, bundle(2, changed)) == (1, 2, 2)
    assert listed(parts) == {"e1": "seen", "e2": "fabricated", "e4": "seen"}
    assert taken_in(client, bundle(3, [entry(3, "misleading"), Entry("e1")])) == (1, 0, 1)
    assert listed(parts) == {"e2": "fabricated", "e3": "misleading", "e4": "seen"}
    [shown] = client.get("/v1/hash-lists").json()["items"]
    assert shown["hashes"] == 3


def test_a_bundle_sent_again_with_its_key_is_answered_as_before(
    client: TestClient, bundle: Bundles
) -> None:
    data, key = bundle(1, [entry(1)]), {"Idempotency-Key": "one"}
    first, again = (
        client.post("/v1/exchange/imports", content=data, headers=key) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert client.post("/v1/exchange/imports", content=data).status_code == 409
    with_other = client.post("/v1/exchange/imports", content=bundle(2, []), headers=key)
    assert with_other.json()["type"] == "/problems/key_reused"


def test_a_bundle_of_nothing_begins_the_list(client: TestClient, bundle: Bundles) -> None:
    assert taken_in(client, bundle(1, [])) == (0, 0, 0)
    assert [each["hashes"] for each in client.get("/v1/hash-lists").json()["items"]] == [0]


def test_each_feed_has_a_list_of_its_own(client: TestClient, tmp_path: Path) -> None:
    key = signing.load_or_make(tmp_path / "theirs")
    name = "An organisation for the verification of footage, with a long name " * 7
    wanted = {"name": name, "public_key": key.public_pem.decode(), "scopes": ["imports"]}
    assert client.post("/v1/partners", json=wanted).status_code == 201
    later = (db.now() + timedelta(days=1)).isoformat()
    feeds = ("war_clips", "war-clips", "f" * 60)
    for feed in feeds:
        header = Header(feed, key.id, 1, later, later, 1)
        assert taken_in(client, sealed(header, [line_of(entry(1))], key.sign)) == (1, 0, 0)
    items = client.get("/v1/hash-lists").json()["items"]
    assert [each["hashes"] for each in items] == [1] * len(feeds)
