"""Provenance and trust lists over HTTP: who may do what, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.access import Role
from app.bootstrap import Parts
from tests.signing import Authority
from tests.uploads import png, upload


@pytest.fixture(scope="module")
def lab() -> Authority:
    return Authority.new("Lab")


def _list(authority: Authority, **changed: Any) -> dict[str, Any]:
    own = {"name": "Lab", "kind": "local", "pem": authority.root.decode(), "dated": "2026-08-21"}
    return {**own, **changed}


def test_before_its_reading_there_is_no_provenance(client: TestClient) -> None:
    media_id = upload(client, png()).json()["id"]
    for part in ("", "/manifest-store"):
        assert client.get(f"/v1/media/{media_id}/provenance{part}").status_code == 404
    assert client.get("/v1/media/nobody/provenance").status_code == 404
    links = client.get(f"/v1/media/{media_id}").json()["links"]
    assert links["provenance"] == f"/v1/media/{media_id}/provenance"


def test_a_list_is_named_dated_hashed_and_its_removal_is_remembered(
    client: TestClient, client_as: Callable[[Role], TestClient], lab: Authority
) -> None:
    made = client.post("/v1/trust-lists", json=_list(lab))
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["name"], body["kind"], body["dated"]) == ("Lab", "local", "2026-08-21")
    assert len(body["sha256"]) == 64
    assert body["authorities"] == ["CN=Lab root,O=Lab,C=DE"]
    assert client.post("/v1/trust-lists", json=_list(lab)).status_code == 409
    for _ in range(2):
        assert client.delete(f"/v1/trust-lists/{body['id']}").status_code == 204
    assert client.delete("/v1/trust-lists/nobody").status_code == 404
    assert client.post("/v1/trust-lists", json=_list(lab)).status_code == 201
    newest, removed = client_as(Role.VIEWER).get("/v1/trust-lists").json()["items"]
    assert newest["removed_at"] is None
    assert removed["removed_at"] is not None
    assert "pem" not in removed


def test_only_an_administrator_says_whom_the_desk_trusts(
    client_as: Callable[[Role], TestClient], lab: Authority
) -> None:
    editor = client_as(Role.EDITOR)
    assert editor.post("/v1/trust-lists", json=_list(lab)).status_code == 403
    assert editor.delete("/v1/trust-lists/any").status_code == 403


def test_a_list_that_could_trust_nobody_is_refused(client: TestClient, lab: Authority) -> None:
    nothing = client.post("/v1/trust-lists", json=_list(lab, pem="no certificate"))
    assert nothing.status_code == 422
    ends = client.post("/v1/trust-lists", json=_list(lab, pem=lab.signer.decode()))
    assert ends.status_code == 422
    assert ends.json()["certificates"] == ["CN=Lab signer,O=Lab,C=DE"]


def test_a_repeated_import_is_one(client: TestClient, parts: Parts, lab: Authority) -> None:
    key = {"Idempotency-Key": "import-1"}
    first, second = (client.post("/v1/trust-lists", json=_list(lab), headers=key) for _ in range(2))
    assert (first.status_code, second.json()) == (201, first.json())
    with parts.database.read() as session:
        changes = sa.text("SELECT action FROM audit_entries WHERE subject_kind = 'trust_list'")
        assert list(session.scalars(changes)) == ["trust_list.added"]
