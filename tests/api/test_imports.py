"""Imports over HTTP: who may order one, from where, and what is answered."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.access import Role
from app.bootstrap import Parts, bootstrap
from app.settings import Settings
from tests.services.importing import imported, manifest, stills

ClientAs = Callable[[Role], TestClient]


@pytest.fixture
def material(tmp_path: Path) -> Path:
    made = tmp_path / "material"
    made.mkdir()
    return made


@pytest.fixture
def parts(settings: Settings, material: Path) -> Iterator[Parts]:
    made = bootstrap(settings.model_copy(update={"import_folders": f"/nowhere:{material}"}))
    yield made
    made.jobs.close()
    made.database.close()


def archive(client: TestClient) -> None:
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201


def body(path: Path, **more: Any) -> dict[str, Any]:
    return {"kind": "manifest", "path": str(path), "collection": "archive", **more}


def test_an_import_is_ordered_followed_and_paged(
    parts: Parts, client_as: ClientAs, material: Path
) -> None:
    client = client_as(Role.ADMIN)
    archive(client)
    stills(material, [1])
    lines: list[dict[str, Any] | bytes] = [{"path": "001.png"}, *([b"no JSON"] * 30)]
    path = manifest(material / "m.ndjson", lines)
    service = client_as(Role.SERVICE)
    headers = {"Idempotency-Key": "night"}
    sent = service.post("/v1/imports", json=body(path), headers=headers)
    assert sent.status_code == 202
    made = sent.json()
    assert sent.headers["Location"] == made["links"]["self"]
    assert (made["state"], made["progress"], made["total"]) == ("waiting", 0.0, 0)
    assert service.post("/v1/imports", json=body(path), headers=headers).json() == made
    imported(parts, made["id"])
    answer = service.get(made["links"]["self"]).json()
    assert (answer["state"], answer["progress"], answer["added"], answer["failed"]) == (
        "completed",
        1.0,
        1,
        30,
    )
    assert (len(answer["errors"]), answer["errors"][0]["line"]) == (20, 2)
    pages = service.get(made["links"]["errors"], params={"limit": 25}).json()
    rest = service.get(made["links"]["errors"], params={"cursor": pages["next"]}).json()
    assert [each["line"] for each in pages["items"] + rest["items"]] == list(range(2, 32))
    assert [each["id"] for each in service.get("/v1/imports").json()["items"]] == [made["id"]]
    assert service.post(made["links"]["cancel"], json={}).status_code == 409
    event = client.get("/v1/events", params={"type": "import.completed"}).json()["items"][0]
    assert event["data"]["import_id"] == made["id"]


def test_only_importers_order_and_only_from_where_they_may(
    client_as: ClientAs, material: Path, tmp_path: Path
) -> None:
    admin = client_as(Role.ADMIN)
    archive(admin)
    path = manifest(material / "m.ndjson", [])
    for role in (Role.VIEWER, Role.PRODUCER, Role.VERIFIER, Role.EDITOR, Role.AUDITOR):
        assert client_as(role).post("/v1/imports", json=body(path)).status_code == 403
        assert client_as(role).get("/v1/imports").status_code == 403
    outside = manifest(tmp_path / "m.ndjson", [])
    for wrong in (outside, material / ".." / "m.ndjson", material / "none", Path("m.ndjson")):
        assert admin.post("/v1/imports", json=body(wrong)).status_code == 422
    for more in (
        {"path": "https://example.org/m.ndjson"},
        {"collection": None},
        {"collection": "nowhere"},
        {"kind": "folder"},
        {"options": {"watch": True}},
        {"options": {"every_s": 0}},
        {"kind": "url"},
    ):
        assert admin.post("/v1/imports", json=body(path) | more).status_code == 422
    assert admin.get("/v1/imports/none").status_code == 404
    assert admin.get("/v1/imports/none/errors").status_code == 404
    assert admin.post("/v1/imports/none/cancel", json={}).status_code == 404
    assert admin.get("/v1/imports").json()["items"] == []


def test_a_watch_is_cancelled(client_as: ClientAs, material: Path) -> None:
    admin = client_as(Role.ADMIN)
    archive(admin)
    wanted = body(material, kind="folder", options={"watch": True})
    made = admin.post("/v1/imports", json=wanted).json()
    for _ in range(2):
        answer = admin.post(made["links"]["cancel"], json={})
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
