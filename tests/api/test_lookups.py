"""Lookups by hash: answered from items and lists, and forgotten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.bootstrap import Parts
from app.services import item_hashes, looking_up, lookups
from app.services.item_table import ItemTable
from app.services.listed_table import ListedTable
from app.services.looking_up import Tables
from tests import desks
from tests.listing import add_hashed, hashes_of, make_list, near_to, send, store, watch_of
from tests.uploads import fingerprint, png

AT_ONCE = {"Prefer": "wait=0"}


@pytest.fixture
def tables(parts: Parts) -> Tables:
    return Tables(parts.database, ItemTable(parts.database), ListedTable(parts.database))


def ask(client: TestClient, tables: Tables, **asked: str) -> dict[str, Any]:
    """Ask, let a worker answer, and read the answer."""
    waiting = client.post("/v1/lookups", json=asked, headers=AT_ONCE)
    assert waiting.status_code == 202, waiting.text
    looking_up.run(tables, waiting.json()["id"])
    answer = client.get(waiting.headers["location"])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_picture_is_found_in_items_and_lists(
    parts: Parts, client: TestClient, tables: Tables
) -> None:
    assert ask(client, tables, pdq="0" * 64)["items"] == []
    with parts.database.write() as session:
        like = add_hashed(session, 1)
        add_hashed(session, 2)
    make_list(client, opinion="fabricated")
    send(client, f"{near_to(hashes_of(1), 5)[3]},90,a fake")
    watch_of(parts).catch_up()
    found = ask(client, tables, pdq=near_to(hashes_of(1), 10)[3])
    [item] = found["items"]
    assert (item["known_media_id"], item["against"], item["grade"]) == (like, "upload", "lead")
    assert item["evidence"][0]["known_ms"] == 3000
    assert item["confidence"] == pytest.approx(1 - 10 / 256, abs=1e-4)
    assert item["known"]["verification_status"] == "unreviewed"
    [signal] = found["signals"]
    assert (signal["list"], signal["distance"], signal["label"]) == ("flagged", 5, "a fake")
    assert found["searched"]["hashed_items"] == 2
    phash = bytes(fingerprint(1, 5).phash[2]).hex()
    [item] = ask(client, tables, phash=phash)["items"]
    assert (item["known_media_id"], item["confidence"]) == (like, 1.0)


def test_an_answer_that_is_cut_says_so(
    parts: Parts, client: TestClient, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    with parts.database.write() as session:
        for _ in range(2):
            add_hashed(session, 1)
    watch_of(parts).catch_up()
    asked = near_to(hashes_of(1), 0)[3]
    for most, whole in ((2, True), (1, False)):
        monkeypatch.setattr(looking_up, "ITEMS_MAX", most)
        found = ask(client, tables, pdq=asked)
        assert (len(found["items"]), found["complete"]) == (most, whole)


def test_a_file_is_found_by_its_digests(parts: Parts, client: TestClient, tables: Tables) -> None:
    media_id = desks.arrive(parts, b"content" * 99)
    with parts.database.write() as session:
        store(session, media_id, fingerprint(1))
    assert item_hashes.take(parts.database, parts.blobs, media_id)
    with parts.database.read() as session:
        kept = db.item_hashes.of_media(session, media_id)
        sha256 = session.scalar(sa.text("SELECT sha256 FROM media"))
    assert kept is not None
    assert kept.md5 is not None
    for asked in ({"sha256": str(sha256)}, {"md5": kept.md5.hex()}):
        [item] = ask(client, tables, **asked)["items"]
        assert (item["known_media_id"], item["relation"]) == (media_id, "exact")


def test_nothing_stays_but_who_asked(parts: Parts, client: TestClient, tables: Tables) -> None:
    asked = near_to(hashes_of(1), 0)[0]
    waiting = client.post("/v1/lookups", json={"pdq": asked}, headers=AT_ONCE)
    looking_up.run(tables, waiting.json()["id"])
    assert client.get(waiting.headers["location"]).status_code == 200
    assert client.get(waiting.headers["location"]).status_code == 404, "read once"
    client.post("/v1/lookups", json={"pdq": asked}, headers=AT_ONCE)
    with parts.database.write() as session:
        old = db.now() - lookups.FORGOTTEN_AFTER - timedelta(seconds=1)
        session.execute(sa.update(db.lookups.Lookup).values(asked_at=old))
    lookups.sweep(parts.database, parts.blobs.passing)
    with parts.database.read() as session:
        for table in ("lookups", "media", "events"):
            assert session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0
    audit = client.get("/v1/audit").text
    assert audit.count("lookup.made") == 2
    assert asked not in audit


def test_who_asked_reads_the_answer(
    client_as: Callable[[Role], TestClient], tables: Tables
) -> None:
    waiting = client_as(Role.VIEWER).post("/v1/lookups", json={"pdq": "0" * 64}, headers=AT_ONCE)
    looking_up.run(tables, waiting.json()["id"])
    assert client_as(Role.ADMIN).get(waiting.headers["location"]).status_code == 404


def test_a_form_is_known_however_its_type_is_written(client: TestClient) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n%s\r\n--x--'
    )
    headers = {"Content-Type": "Multipart/Form-Data; boundary=x", **AT_ONCE}
    assert client.post("/v1/lookups", content=form % png(1), headers=headers).status_code == 202


@pytest.mark.parametrize(
    "body", [{}, {"pdq": "0" * 63}, {"pdq": "0" * 64, "md5": "0" * 32}, {"crc": "1"}]
)
def test_what_is_no_question_is_refused(client: TestClient, body: dict[str, str]) -> None:
    assert client.post("/v1/lookups", json=body).status_code == 422


def test_a_lookup_that_is_given_up_says_so(parts: Parts, client: TestClient) -> None:
    waiting = client.post("/v1/lookups", json={"pdq": "0" * 64}, headers=AT_ONCE)
    looking_up.give_up(parts.database, waiting.json()["id"])
    assert client.get(waiting.headers["location"]).json()["code"] == "failed"
