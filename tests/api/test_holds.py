"""Legal holds beat purge, retention and erasure."""

from collections.abc import Callable
from datetime import timedelta

from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM, Role
from app.bootstrap import Parts
from app.db import Database
from app.db.holds import Hold
from app.services import purging
from tests.meanwhile import meanwhile, take_turn
from tests.records import PURGE
from tests.uploads import png, upload

ClientAs = Callable[[Role], TestClient]
REASON = "Case 7 O 12/26"


def hold(client: TestClient, media_id: str, **more: str) -> str:
    answer = client.post("/v1/holds", json={"media_id": media_id, "reason": REASON, **more})
    assert answer.status_code == 201, answer.text
    held: str = answer.json()["id"]
    return held


def test_what_is_held_is_neither_deleted_nor_erased(client: TestClient) -> None:
    own = upload(client, png(1), note="Kovalenko filmed it.").json()["links"]["self"]
    media_id = own.rsplit("/", 1)[-1]
    (note,) = client.get(f"{own}/verification/notes").json()["items"]
    first, second = hold(client, media_id), hold(client, media_id)
    erasure = f"{own}/verification/notes/{note['id']}/erasure"
    reason = {"authority": "data_subject", "reason": "asked to"}

    def refusals() -> list[tuple[int, str, list[str]]]:
        answers = (
            client.delete(own),
            client.post(f"{own}/purge", json=PURGE.model_dump(mode="json")),
            client.post(erasure, json=reason),
        )
        return [(each.status_code, each.json()["type"], each.json()["holds"]) for each in answers]

    assert refusals() == [(409, "/problems/held", [first, second])] * 3
    released = client.post(f"/v1/holds/{first}/release", json={"reason": "closed"})
    assert (released.status_code, released.json()["active"]) == (200, False)
    again = client.post(f"/v1/holds/{first}/release", json={"reason": "closed"})
    assert again.status_code == 409
    assert refusals() == [(409, "/problems/held", [second])] * 3
    client.post(f"/v1/holds/{second}/release", json={"reason": "closed"})
    assert client.post(erasure, json=reason).status_code == 201
    assert client.delete(own).status_code == 204
    answer = client.post("/v1/holds", json={"media_id": media_id, "reason": REASON})
    assert answer.status_code == 410


def test_holds_are_listed_told_and_in_the_history(client: TestClient, client_as: ClientAs) -> None:
    made = upload(client, png(1)).json()
    placed = hold(client, made["id"])
    other = hold(client, upload(client, png(2)).json()["id"])
    auditor = client_as(Role.AUDITOR)
    assert [each["id"] for each in auditor.get("/v1/holds").json()["items"]] == [other, placed]
    (mine,) = auditor.get("/v1/holds", params={"media_id": made["id"]}).json()["items"]
    assert (mine["reason"], mine["active"], mine["until"]) == (REASON, True, None)
    client.post(f"/v1/holds/{other}/release", json={"reason": "closed"})
    assert [each["id"] for each in auditor.get("/v1/holds").json()["items"]] == [placed]
    every = auditor.get("/v1/holds", params={"active": False}).json()["items"]
    assert [(each["id"], each["release_reason"]) for each in every] == [
        (other, "closed"),
        (placed, None),
    ]
    told = client.get("/v1/events").json()["items"]
    kinds = [each["type"] for each in told if each["type"].startswith("hold.")]
    assert kinds == ["hold.placed", "hold.placed", "hold.released"]
    assert REASON not in str(told)
    last = client.get(f"/v1/media/{made['id']}/verification/history").json()["items"][-1]
    assert (last["action"], last["details"]["hold_id"]) == ("hold_placed", placed)
    for role in (Role.VIEWER, Role.PRODUCER, Role.EDITOR):
        assert client_as(role).get("/v1/holds").status_code == 403, role
    body = {"media_id": made["id"], "reason": REASON}
    for role in (Role.EDITOR, Role.AUDITOR):
        assert client_as(role).post("/v1/holds", json=body).status_code == 403, role


def test_a_hold_ends_by_itself(client: TestClient, database: Database) -> None:
    made = upload(client, png(1)).json()
    soon = (db.now() + timedelta(hours=1)).isoformat()
    placed = hold(client, made["id"], until=soon)
    assert client.delete(made["links"]["self"]).status_code == 409
    with database.write() as session:
        row = session.get(Hold, placed)
        assert row is not None
        row.until = db.now() - timedelta(seconds=1)
    assert client.get("/v1/holds").json()["items"] == []
    assert client.delete(made["links"]["self"]).status_code == 204
    past = {"media_id": made["id"], "reason": REASON, "until": "2020-01-01T00:00:00Z"}
    assert client.post("/v1/holds", json=past).status_code == 422
    unknown = {"media_id": "nothing", "reason": REASON}
    assert client.post("/v1/holds", json=unknown).status_code == 404
    assert client.post("/v1/holds/nothing/release", json={"reason": "no"}).status_code == 422
    assert client.post("/v1/holds/nothing/release", json={"reason": "none"}).status_code == 404


def test_of_a_hold_and_a_purge_at_once_the_later_one_sees_the_first(
    client: TestClient, parts: Parts
) -> None:
    made = upload(client, png(1)).json()
    body = {"media_id": made["id"], "reason": REASON}
    with parts.database.write() as session:
        take_turn(session)
        holding = meanwhile(lambda: client.post("/v1/holds", json=body))
        purging.order(session, made["id"], PURGE, SYSTEM)
    assert holding.result(20).status_code == 410
