"""A note's text goes, that there was a note stays; and where somebody is named is found."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.services import reapplying
from app.services.shredding import Shredder
from tests.uploads import png, upload

ClientAs = Callable[[Role], TestClient]
TEXT = "Oksana Kovalenko phoned and asked for help."
WORD = "kovalenko"
REASON = {"authority": "data_subject", "reason": "Request 3 of May"}


@pytest.fixture
def own(client: TestClient) -> str:
    """The path of the record of an item with a note."""
    path: str = upload(client, png(1), title="Dnipro").json()["links"]["verification"]
    answer = client.post(f"{path}/notes", json={"text": TEXT}, headers={"Idempotency-Key": "note"})
    assert answer.status_code == 201
    return path


def note(client: TestClient, own: str) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"{own}/notes").json()["items"][0]
    return shown


def written(parts: Parts) -> str:
    with parts.database.read() as session:
        tables = db.Table.metadata.sorted_tables
        return str([session.execute(sa.select(table)).all() for table in tables]).casefold()


def found(client: TestClient, words: str) -> int:
    return len(client.get("/v1/media", params={"q": words}).json()["items"])


def test_the_text_goes_and_the_row_stays(client: TestClient, parts: Parts, own: str) -> None:
    before = note(client, own)
    assert (before["erased_at"], found(client, WORD)) == (None, 1)
    erased = client.post(f"{own}/notes/{before['id']}/erasure", json=REASON)
    assert erased.status_code == 201, erased.text
    assert (erased.json()["authority"], erased.json()["reason"]) == tuple(REASON.values())
    assert WORD not in written(parts)
    after = note(client, own)
    assert after["erased_at"] == erased.json()["at"]
    gone = {"text": "", "erased_at": after["erased_at"]}
    assert after == {**before, **gone}
    assert (found(client, WORD), found(client, "dnipro")) == (0, 1)
    *earlier, last = client.get(f"{own}/history").json()["items"]
    assert (last["action"], last["details"]["note_id"]) == ("note_erased", before["id"])
    assert "note_added" in [each["action"] for each in earlier]
    repeated = client.post(f"{own}/notes", json={"text": TEXT}, headers={"Idempotency-Key": "note"})
    assert repeated.json() == {"id": before["id"], "erased": True}
    again = client.post(f"{own}/notes/{before['id']}/erasure", json=REASON)
    assert again.status_code == 409
    assert client.post(f"{own}/notes/nothing/erasure", json=REASON).status_code == 404


def test_the_chain_says_that_a_payload_was_erased(
    client: TestClient, parts: Parts, own: str
) -> None:
    shown = note(client, own)
    client.post(f"{own}/notes/{shown['id']}/erasure", json=REASON)
    with parts.database.read() as session:
        rows = session.execute(
            sa.text(
                "SELECT p.payload, p.authority FROM audit_entries e"
                " JOIN audit_payloads p ON p.seq = e.seq"
                " WHERE e.subject_kind = 'note' AND e.subject_id = :id ORDER BY e.seq"
            ),
            {"id": shown["id"]},
        ).all()
    assert rows[0] == (None, "data_subject")
    assert len(rows) > 1


def test_what_else_says_the_same_is_found_still(client: TestClient, own: str) -> None:
    client.post(f"{own}/notes", json={"text": TEXT})
    client.post(f"{own}/notes", json={"text": "Kovalenko again."})
    shown = note(client, own)
    client.post(f"{own}/notes/{shown['id']}/erasure", json=REASON)
    assert found(client, "phoned") == found(client, "again") == 1


def test_only_an_admin_erases(client: TestClient, client_as: ClientAs, own: str) -> None:
    path = f"{own}/notes/{note(client, own)['id']}/erasure"
    for role in (Role.EDITOR, Role.AUDITOR, Role.SERVICE):
        assert client_as(role).post(path, json=REASON).status_code == 403, role
    other = upload(client, png(2)).json()["links"]["verification"]
    wrong = path.replace(own, other)
    assert client.post(wrong, json=REASON).status_code == 404


def test_a_restored_note_is_erased_again(client: TestClient, parts: Parts, own: str) -> None:
    shown = note(client, own)
    media_id = own.split("/")[3]
    entry = {
        "kind": "note",
        "media_id": media_id,
        "note_id": shown["id"],
        "at": "2026-01-02T03:04:05+00:00",
        **REASON,
    }
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    cli = at_the_machine("cli")
    assert reapplying.reapply(shredder, [entry], cli).notes == 1
    assert WORD not in written(parts)
    assert reapplying.reapply(shredder, parts.purge_list.entries(), cli).notes == 0


def test_where_somebody_is_named_is_found(
    client: TestClient, client_as: ClientAs, own: str
) -> None:
    media_id = own.split("/")[3]
    named = upload(client, png(2), title="x", source_name="O. KOVALENKO, Kyiv").json()["id"]
    client.put(f"/v1/media/{named}/restricted-terms", json={"terms": ["Kovalenko"]})
    client.post(f"{own}/claims", json={"text": "Kovalenko was there."})
    upload(client, png(3), title="Kovalenkova")
    answer = client.get("/v1/subject-requests", params={"name": WORD}).json()
    places = {(each["media_id"], each["table"], each["column"]) for each in answer["items"]}
    assert places == {
        (media_id, "notes", "text"),
        (media_id, "media", "search_text"),
        (media_id, "claims", "text"),
        (named, "receipts", "source_name"),
        (named, "media", "search_text"),
        (named, "restricted_terms", "term"),
    }
    assert answer["complete"] is True
    for role in (Role.EDITOR, Role.AUDITOR, Role.SERVICE):
        asked = client_as(role).get("/v1/subject-requests", params={"name": WORD})
        assert asked.status_code == 403, role
    assert client.get("/v1/subject-requests", params={"name": "--"}).status_code == 422
