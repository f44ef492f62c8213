"""Webhooks over HTTP: made, changed, tested, read, sent again."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook, WebhookVerificationError

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


def test_a_webhook_is_changed_disabled_enabled_and_removed(
    client: TestClient, database: Database
) -> None:
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


@pytest.mark.usefixtures("sender")
def test_a_rotated_secret_verifies_beside_the_one_before(
    client: TestClient, database: Database
) -> None:
    with receiving() as receiver:
        made = make(client, receiver.url)
        secret, test = f"/v1/webhooks/{made['id']}/secret", f"/v1/webhooks/{made['id']}/test"
        first, repeated = (
            client.post(secret, headers={"Idempotency-Key": "rotate"}).json() for _ in "ab"
        )
        assert first["secret"] not in {made["secret"], None}
        assert repeated == {**first, "secret": None}
        shown = client.get(made["links"]["self"]).json()
        assert shown["previous_secret_until"] == first["previous_secret_until"]
        assert "whsec_" not in str(shown)
        client.post(test)
        (both,) = receiver.wait_for(1)
        assert client.delete(f"{secret}/previous").status_code == 204
        client.post(test)
        _, alone = receiver.wait_for(2)
    for each in (made["secret"], first["secret"]):
        assert Webhook(each).verify(both.body, both.headers)["type"] == "webhook.test"
    Webhook(first["secret"]).verify(alone.body, alone.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(alone.body, alone.headers)
    assert client.get(made["links"]["self"]).json()["previous_secret_until"] is None
    assert client.post("/v1/webhooks/none/secret").status_code == 404


def test_dead_letters_are_listed_over_all_and_sent_again_together(
    client: TestClient, database: Database
) -> None:
    one, other = make(client), make(client)
    with database.write() as session:
        for _ in range(3):
            events.publish(session, EventType.NOTE_ADDED, "m1", {})
        db.outages.give_up(session, one["id"], db.now())
    dead = {"state": "dead"}
    listed = client.get("/v1/deliveries", params=dead).json()["items"]
    assert [each["webhook_id"] for each in listed] == [one["id"]] * 3
    assert len(client.get("/v1/deliveries").json()["items"]) == 6
    of_other = {**dead, "endpoint": other["id"]}
    assert client.get("/v1/deliveries", params=of_other).json()["items"] == []
    assert client.get("/v1/deliveries", params={"endpoint": "none"}).status_code == 404
    page = client.get("/v1/deliveries", params={"limit": 4}).json()
    rest = client.get("/v1/deliveries", params={"limit": 4, "cursor": page["next"]}).json()
    assert len({each["id"] for each in page["items"] + rest["items"]}) == 6
    again = f"/v1/webhooks/{one['id']}/redeliver"
    answer = client.post(again, json={**dead, "types": ["note.added"]})
    assert (answer.status_code, answer.json()) == (202, {"queued": 3})
    assert client.get("/v1/deliveries", params=dead).json()["items"] == []
    client.patch(one["links"]["self"], json={"enabled": False})
    assert client.post(again, json=dead).status_code == 409


def test_filters_are_kept_changed_and_checked(client: TestClient) -> None:
    filters = {"grades": ["certain"], "min_score": 0.5, "sensitivity": ["unflagged", "pow"]}
    made = make(client, filters=filters)
    assert made["filters"] == filters
    path = made["links"]["self"]
    assert client.patch(path, json={"description": "x"}).json()["filters"] == filters
    changed = client.patch(path, json={"filters": {"statuses": ["verified"]}}).json()
    assert changed["filters"] == {"statuses": ["verified"]}
    assert client.patch(path, json={"filters": {}}).json()["filters"] == {}
    for wrong in ({"grades": ["sure"]}, {"min_score": 2}, {"colour": ["red"]}, {"tags": []}):
        assert client.patch(path, json={"filters": wrong}).status_code == 422
    unknown = client.patch(path, json={"filters": {"collections": ["nowhere"]}})
    assert (unknown.status_code, unknown.json()["unknown"]) == (422, ["nowhere"])


def test_only_webhook_admins_may(client_as: Callable[[Role], TestClient]) -> None:
    client = client_as(Role.EDITOR)
    assert client.get("/v1/webhooks").status_code == 403
    assert client.post("/v1/webhooks", json={"url": "https://example.org/"}).status_code == 403
    assert client.post("/v1/deliveries/none/redeliver").status_code == 403
    assert client.get("/v1/deliveries").status_code == 403
    assert client.post("/v1/webhooks/none/secret").status_code == 403
    assert client.post("/v1/webhooks/none/redeliver", json={}).status_code == 403
    assert client_as(Role.ADMIN).post("/v1/deliveries/none/redeliver").status_code == 404
