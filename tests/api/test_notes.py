"""Notes: corrected only by newer ones, read by those they are for, and who they mention."""

import threading
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db, services
from app.access import SYSTEM, Role
from app.db import Database
from app.schemas.enums import EventType
from tests.records import add_item
from tests.uploads import png

ClientAs = Callable[[Role], TestClient]


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


@pytest.fixture
def verifier(client_as: ClientAs) -> TestClient:
    return client_as(Role.VERIFIER)


def _note(
    client: TestClient, item: str, text: str, supersedes: str | None = None, **more: str
) -> Response:
    body = {"text": text, "supersedes_id": supersedes, **more}
    return client.post(f"/v1/media/{item}/verification/notes", json=body)


def _texts(client: TestClient, item: str) -> list[str]:
    listed = client.get(f"/v1/media/{item}/verification/notes").json()["items"]
    return [each["text"] for each in listed]


def _history_notes(client: TestClient, item: str) -> list[str | None]:
    listed = client.get(f"/v1/media/{item}/verification/history").json()["items"]
    return [entry["note"] for entry in listed if entry["action"] == "note_added"]


def test_a_note_is_corrected_only_by_a_newer_one(
    verifier: TestClient, client_as: ClientAs, item: str, database: Database
) -> None:
    first = _note(verifier, item, "Uniforms are summer issue")
    assert (first.status_code, first.headers["ETag"]) == (201, '"2"')
    first_id = first.json()["id"]
    second = _note(verifier, item, "Uniforms are winter issue", first_id)
    assert second.status_code == 201
    again = _note(verifier, item, "No, summer", first_id)
    assert (again.status_code, again.json()["superseded_by"]) == (409, second.json()["id"])
    listed = verifier.get(f"/v1/media/{item}/verification/notes").json()["items"]
    assert [(each["text"], each["superseded_by"]) for each in listed] == [
        ("Uniforms are summer issue", second.json()["id"]),
        ("Uniforms are winter issue", None),
    ]
    assert _note(verifier, item, "  ").status_code == 422
    assert _note(verifier, item, "of nothing", "unknown").status_code == 404
    with database.write() as session:
        other = add_item(session)
    assert _note(verifier, other, "of another record", first_id).status_code == 422
    producer = client_as(Role.PRODUCER)
    assert _note(producer, item, "not mine", second.json()["id"]).status_code == 403
    assert _note(producer, item, "my own").status_code == 201
    assert _note(client_as(Role.VIEWER), item, "hello").status_code == 403
    for method in ("PUT", "PATCH", "DELETE"):
        own = f"/v1/media/{item}/verification/notes/{first_id}"
        assert verifier.request(method, own).status_code in {404, 405}
    with database.read() as session:
        told = db.events.after(session, 0, 10, EventType.NOTE_ADDED, None)
    assert len(told) == 3
    assert "Uniforms" not in str([event.data for event in told])


def test_two_corrections_of_one_note_at_once_leave_one(verifier: TestClient, item: str) -> None:
    first = _note(verifier, item, "first").json()["id"]
    codes: list[int] = []
    start = threading.Barrier(2)

    def send(text: str) -> None:
        start.wait()
        codes.append(_note(verifier, item, text, first).status_code)

    senders = [threading.Thread(target=send, args=(text,)) for text in ("a", "b")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(codes) == [201, 409]


def test_a_note_is_read_by_those_it_is_for_and_by_its_author(
    client_as: ClientAs, item: str
) -> None:
    producer = client_as(Role.PRODUCER)
    _note(producer, item, "for all")
    _note(producer, item, "for verifiers", visibility="verifiers")
    _note(producer, item, "for editors", visibility="editors")
    everything = ["for all", "for verifiers", "for editors"]
    readers = {
        client_as(Role.VIEWER): ["for all"],
        client_as(Role.PRODUCER): ["for all"],
        client_as(Role.SERVICE): ["for all"],
        client_as(Role.VERIFIER): ["for all", "for verifiers"],
        client_as(Role.EDITOR): everything,
        client_as(Role.AUDITOR): everything,
        producer: everything,
    }
    for reader, texts in readers.items():
        assert _texts(reader, item) == texts
        shown = _history_notes(reader, item)
        assert shown == [text if text in texts else None for text in everything]
        found = reader.get("/v1/verifications", params={"q": "editors"}).json()["items"]
        assert found == [], "nobody finds an item by what they may not read"
    assert _note(producer, item, "who?", visibility="me").status_code == 422


def test_a_correction_is_for_the_same_readers_unless_it_says_otherwise(
    client_as: ClientAs, verifier: TestClient, item: str
) -> None:
    editor = client_as(Role.EDITOR)
    secret = _note(editor, item, "the source is at risk", visibility="editors").json()
    assert secret["visibility"] == "editors"
    assert _note(verifier, item, "no, safe", secret["id"]).status_code == 404
    corrected = _note(editor, item, "the source is safe", secret["id"]).json()
    assert corrected["visibility"] == "editors"
    opened = _note(editor, item, "they agreed", corrected["id"], visibility="desk").json()
    assert opened["visibility"] == "desk"
    assert _texts(verifier, item) == ["they agreed"]


def test_a_note_names_the_holders_of_keys_that_it_mentions(
    client_as: ClientAs, verifier: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        keys = {
            name: services.keys.create(session, name, role, SYSTEM).key.id
            for name, role in (
                ("Ana", Role.EDITOR),
                ("Ana Ruiz", Role.EDITOR),
                ("bot", Role.SERVICE),
                ("gone", Role.EDITOR),
            )
        }
        services.keys.revoke(session, keys["gone"], SYSTEM)
    text = "@ana ruiz and @ANA: look. @gone @bot @nobody mail ana@example.org, anna@Ana.example"
    note = _note(verifier, item, text).json()
    assert {each["name"] for each in note["mentions"]} == {"Ana", "Ana Ruiz"}
    (ruiz,) = _note(verifier, item, "only you, @Ana Ruiz").json()["mentions"]
    assert ruiz == {"id": keys["Ana Ruiz"], "name": "Ana Ruiz"}
    assert _note(verifier, item, "write to desk@anabel and x@ana").json()["mentions"] == []
    with database.read() as session:
        told = db.events.after(session, 0, 10, EventType.NOTE_ADDED, None)
    assert sorted(told[0].data["mentions"]) == sorted([keys["Ana"], keys["Ana Ruiz"]])
    assert told[0].data["visibility"] == "desk"


def test_a_machine_writes_no_note_but_what_it_says_of_what_it_brings(
    client_as: ClientAs, item: str
) -> None:
    machine = client_as(Role.SERVICE)
    assert _note(machine, item, "It is false.").status_code == 403
    assert _texts(machine, item) == []
    sent = {"file": ("photo.png", png(9), "image/png")}
    arrived = machine.post("/v1/media", files=sent, data={"note": "from the agency's feed"})
    assert arrived.status_code == 202
    assert _texts(machine, arrived.json()["id"]) == ["from the agency's feed"]
