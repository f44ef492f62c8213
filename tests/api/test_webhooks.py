"""Webhooks over HTTP: made, changed, tested, read, sent again."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from app import db
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.main import create_app
from app.schemas.enums import EventType
from app.services import events
from app.services.sending import SenderPolicy, run_sender
from tests.receiver import Reply, receiving, wait_until


@pytest.fixture
def sender(database: Database) -> Iterator[None]:
    policy = SenderPolicy(allow_private=True, poll_s=0.02, stop_within_s=1)
    stop = threading.Event()
    thread = threading.Thread(target=run_sender, args=(database, policy, stop))
    thread.start()
    yield
    stop.set()
    thread.join()


def make(client: TestClient, url: str = "https://hooks.example.org/", **more: Any) -> Any:
    answer = client.post("/v1/webhooks", json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["links"]["self"]
    return answer.json()


def test_the_secret_is_shown_once(client: TestClient) -> None:
    made = make(client, description="the desk's chat")
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["*"]
    shown = client.get(f"/v1/webhooks/{made['id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert client.get("/v1/webhooks").json() == {"items": [shown], "next": None}


def test_a_repeated_request_makes_one_webhook_and_keeps_no_secret(
    client: TestClient, database: Database
) -> None:
    wanted = {"url": "https://hooks.example.org/"}
    first, second = (
        client.post("/v1/webhooks", json=wanted, headers={"Idempotency-Key": "k"}) for _ in "ab"
    )
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["secret"] is None
    with database.read() as session:
        kept = session.query(db.idempotency.KeptAnswer).one()
    assert "whsec_" not in str(kept.body)


@pytest.mark.parametrize("wanted", [["match.find"], ["media.*", "nothing.*"], ["*", "x"]])
def test_unknown_events_are_named(client: TestClient, wanted: list[str]) -> None:
    answer = client.post("/v1/webhooks", json={"url": "https://example.org/", "events": wanted})
    assert answer.status_code == 422
    assert answer.json()["unknown"] == wanted[-1:]


def test_private_addresses_are_refused_by_default(parts: Parts, client: TestClient) -> None:
    closed = parts.settings.model_copy(update={"webhook_allow_private": False})
    strict = TestClient(create_app(replace(parts, settings=closed)))
    strict.headers.update(client.headers)
    for url in ("https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "http://example.org/"):
        answer = strict.post("/v1/webhooks", json={"url": url})
        assert answer.status_code == 422
        assert answer.json()["url"] == url
    made = make(strict)
    path = f"/v1/webhooks/{made['id']}"
    assert strict.patch(path, json={"url": "https://127.0.0.1/"}).status_code == 422


def test_change_and_remove(client: TestClient, database: Database) -> None:
    path = f"/v1/webhooks/{make(client)['id']}"
    changed = client.patch(path, json={"events": ["match.*"], "enabled": False}).json()
    assert (changed["events"], changed["enabled"]) == (["match.*"], False)
    assert changed["disabled_reason"] == "Disabled by hand."
    with database.write() as session:
        events.publish(session, EventType.MATCH_FOUND, "m1", {})
    assert client.get(f"{path}/deliveries").json()["items"] == []
    assert client.post(f"{path}/test").status_code == 409
    changed = client.patch(path, json={"enabled": True}).json()
    assert (changed["enabled"], changed["disabled_reason"]) == (True, None)
    with database.write() as session:
        events.publish(session, EventType.MATCH_FOUND, "m1", {})
    assert len(client.get(f"{path}/deliveries").json()["items"]) == 1
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404


@pytest.mark.usefixtures("sender")
def test_a_test_call_is_delivered_logged_and_sent_again(client: TestClient) -> None:
    with receiving(Reply(body=b"thanks")) as receiver:
        made = make(client, receiver.url, events=["match.*"])
        answer = client.post(f"/v1/webhooks/{made['id']}/test")
        assert answer.status_code == 202
        path = f"/v1/deliveries/{answer.json()['id']}"
        wait_until(lambda: client.get(path).json()["state"] == "delivered")
        assert client.post(f"{path}/redeliver").status_code == 202
        receiver.wait_for(2)
        wait_until(lambda: len(client.get(path).json()["attempts"]) == 2)
    for request in receiver.received:
        told = Webhook(made["secret"]).verify(request.body, request.headers)
        assert told["type"] == "webhook.test"
    assert receiver.ids == [answer.json()["event_id"]] * 2
    tried = client.get(path).json()["attempts"][0]
    assert (tried["status_code"], tried["answer_head"], tried["error"]) == (200, "thanks", None)
    assert tried["duration_ms"] >= 0


def test_deliveries_are_paged_and_filtered(client: TestClient, database: Database) -> None:
    path = f"/v1/webhooks/{make(client)['id']}/deliveries"
    for _ in range(5):
        with database.write() as session:
            events.publish(session, EventType.NOTE_ADDED, "m1", {})
    first = client.get(path, params={"limit": 3, "state": "pending"}).json()
    second = client.get(path, params={"limit": 3, "cursor": first["next"]}).json()
    numbers = [item["event_seq"] for item in first["items"] + second["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 5
    assert second["next"] is None
    assert client.get(path, params={"state": "dead"}).json()["items"] == []
    assert client.get("/v1/webhooks/none/deliveries").status_code == 404


def test_only_webhook_admins_may(client_as: Callable[[Role], TestClient]) -> None:
    client = client_as(Role.EDITOR)
    assert client.get("/v1/webhooks").status_code == 403
    assert client.post("/v1/webhooks", json={"url": "https://example.org/"}).status_code == 403
    assert client.post("/v1/deliveries/none/redeliver").status_code == 403
    assert client_as(Role.ADMIN).post("/v1/deliveries/none/redeliver").status_code == 404
