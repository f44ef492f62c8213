import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Role
from app.api.idempotency import Answer, KeyedWriter
from app.bootstrap import Parts
from app.db import Database
from app.db.idempotency import KeptAnswer
from app.services import idempotency

ARCHIVE = {"slug": "archive", "title": "Our archive", "kind": "archive"}
KEY = {"Idempotency-Key": "one"}
ACTOR = Actor("somebody", "Somebody", Role.ADMIN, frozenset())


class Done(BaseModel):
    times: int


def test_a_repeated_write_changes_nothing_and_answers_the_same(client: TestClient) -> None:
    first = client.post("/v1/collections", json=ARCHIVE, headers=KEY)
    again = client.post("/v1/collections", json=ARCHIVE, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert client.post("/v1/collections", json=ARCHIVE).status_code == 409


def test_a_key_belongs_to_one_request(client: TestClient) -> None:
    client.post("/v1/collections", json=ARCHIVE, headers=KEY)
    other = client.post("/v1/collections", json={**ARCHIVE, "slug": "b"}, headers=KEY)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key_reused")
    assert client.get("/v1/collections/b").status_code == 404
    assert client.put("/v1/collections/archive/media/x", headers=KEY).status_code == 404
    assert client.post("/v1/collections", json=ARCHIVE, headers={"Idempotency-Key": ""}).is_error


def test_a_refusal_is_not_kept(client: TestClient) -> None:
    for _ in range(2):
        assert client.put("/v1/collections/archive/media/x", headers=KEY).status_code == 404
    taken = {"Idempotency-Key": "two"}
    client.post("/v1/collections", json=ARCHIVE)
    assert client.post("/v1/collections", json=ARCHIVE, headers=taken).status_code == 409


def test_requests_with_one_key_at_the_same_time_are_done_once(database: Database) -> None:
    together, done = threading.Barrier(4), []

    def work(_session: Session) -> Answer:
        done.append(1)
        return Answer(Done(times=len(done)), status_code=201)

    def send(_number: int) -> bytes:
        write = KeyedWriter(database, "key", "POST /v1/things", "digest")
        together.wait()
        return bytes(write(ACTOR, work).body)

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))

    assert done == [1]
    assert answers == {b'{"times":1}'}


def test_an_empty_answer_is_kept_too(database: Database) -> None:
    write = KeyedWriter(database, "key", "DELETE /v1/things", "digest")
    first, again = (write(ACTOR, lambda _session: Answer()) for _ in range(2))
    assert (first.status_code, again.status_code) == (204, 204)
    assert (first.body, again.body) == (b"", b"")
    assert again.headers["idempotency-replayed"] == "true"


def test_parts_of_a_digest_do_not_run_together() -> None:
    assert idempotency.digest("ab", "c") != idempotency.digest("a", "bc")
    assert idempotency.digest(b"ab") == idempotency.digest("ab")


def test_old_answers_are_forgotten(parts: Parts, client: TestClient) -> None:
    client.post("/v1/collections", json=ARCHIVE, headers=KEY)
    idempotency.forget_old(parts.database)
    with parts.database.write() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM idempotency")) == 1
        old = db.now() - idempotency.KEPT_FOR - timedelta(seconds=1)
        session.execute(sa.update(KeptAnswer).values(created_at=old))
    idempotency.forget_old(parts.database)
    assert client.post("/v1/collections", json=ARCHIVE, headers=KEY).status_code == 409
