from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.access import SCOPES_OF_ROLE, Role
from app.db import Database
from app.db.keys import ApiKey

OPEN = {"/healthz", "/readyz", "/openapi.json", "/docs", "/docs/{name}"}
CAPABILITIES = {"options"}
"""What the server can do, which clients of tus ask first."""
PUBLIC = {
    "/public/reviews",
    "/public/reviews.jsonld",
    "/public/reviews/{slug}",
    "/public/reviews/{slug}.jsonld",
}


@pytest.fixture
def anyone(application: FastAPI) -> TestClient:
    return TestClient(application, raise_server_exceptions=False)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def make(client: TestClient, **body: object) -> dict[str, str]:
    answer = client.post("/v1/keys", json={"name": "wire", **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def test_every_route_is_closed_without_a_key(anyone: TestClient) -> None:
    document = anyone.get("/openapi.json").json()
    walked = 0
    for path, operations in document["paths"].items():
        if path in OPEN | PUBLIC:
            continue
        for method in operations.keys() - CAPABILITIES:
            concrete = path.replace("{", "x").replace("}", "")
            for headers in (
                {},
                bearer("nonsense"),
                bearer("prov_00000000_x"),
                {"Authorization": "Basic eDp5"},
            ):
                spoken = {"Tus-Resumable": "1.0.0", **headers}
                answer = anyone.request(method, concrete, headers=spoken)
                assert answer.status_code == 401, (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"
            walked += 1
    assert walked > 15


def test_a_key_opens_what_its_scopes_allow_until_it_is_revoked(
    client: TestClient, anyone: TestClient
) -> None:
    made = make(client, role="verifier", scopes=["media:read"])
    headers = bearer(made["token"])
    assert anyone.get("/v1/media", headers=headers).status_code == 200
    refused = anyone.post("/v1/collections", headers=headers, json={})
    assert refused.status_code in {403, 422}
    assert client.delete(f"/v1/keys/{made['id']}").status_code == 204
    assert anyone.get("/v1/media", headers=headers).status_code == 401
    listed = {key["id"]: key for key in client.get("/v1/keys").json()["items"]}
    assert listed[made["id"]]["revoked_at"]
    assert "token" not in listed[made["id"]]
    assert client.delete("/v1/keys/nothing").status_code == 404


def test_a_key_ends_when_it_expires(
    client: TestClient, anyone: TestClient, database: Database
) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    refused = client.post("/v1/keys", json={"name": "x", "role": "viewer", "expires_at": past})
    assert refused.status_code == 422
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = make(client, role="viewer", expires_at=soon)
    assert anyone.get("/v1/media", headers=bearer(made["token"])).status_code == 200
    with database.write() as session:
        expired = sa.update(ApiKey).where(ApiKey.id == made["id"])
        session.execute(expired.values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert anyone.get("/v1/media", headers=bearer(made["token"])).status_code == 401


def test_a_key_grants_no_more_than_its_maker_has(client: TestClient, anyone: TestClient) -> None:
    made = make(client, role="admin", scopes=["keys:admin", "media:read"])
    headers = bearer(made["token"])
    wider = anyone.post("/v1/keys", headers=headers, json={"name": "x", "role": "producer"})
    assert (wider.status_code, wider.json()["scopes"]) == (403, ["media:write"])
    same = anyone.post("/v1/keys", headers=headers, json={"name": "x", "role": "viewer"})
    assert same.status_code == 201
    beyond = {"name": "x", "role": "viewer", "scopes": ["media:write"]}
    assert client.post("/v1/keys", json=beyond).status_code == 422


def test_only_an_admin_sees_keys(client_as: Callable[[Role], TestClient]) -> None:
    for role in Role:
        expected = 200 if "keys:admin" in SCOPES_OF_ROLE[role] else 403
        assert client_as(role).get("/v1/keys").status_code == expected


def test_the_secret_is_kept_nowhere(client: TestClient, database: Database) -> None:
    body, headers = {"name": "wire", "role": "viewer"}, {"Idempotency-Key": "k"}
    first = client.post("/v1/keys", json=body, headers=headers)
    again = client.post("/v1/keys", json=body, headers=headers)
    secret = first.json()["token"].split("_", 2)[2]
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert again.json() == first.json() | {"token": None}
    with database.read() as session:
        for table in ("api_keys", "idempotency"):
            kept = session.execute(sa.text(f"SELECT * FROM {table}")).all()
            assert kept
            assert secret not in str(kept)


def test_use_is_noted_once_a_minute(
    client: TestClient, database: Database, anyone: TestClient
) -> None:
    made = make(client, role="viewer")

    def used() -> datetime | None:
        with database.read() as session:
            key = session.get(ApiKey, made["id"])
            assert key is not None
            return key.last_used_at

    assert used() is None
    anyone.get("/v1/media", headers=bearer(made["token"]))
    first = used()
    anyone.get("/v1/media", headers=bearer(made["token"]))
    assert first is not None
    assert used() == first
    with database.write() as session:
        earlier = first - timedelta(minutes=2)
        session.execute(sa.update(ApiKey).values(last_used_at=earlier))
    anyone.get("/v1/media", headers=bearer(made["token"]))
    later = used()
    assert later is not None
    assert later >= first


@pytest.mark.parametrize(
    "name", ["wire\n99  2026-11-30  An Editor (7, editor)  key.created", " ", "\x1b"]
)
def test_a_key_is_named_on_one_line(client: TestClient, name: str) -> None:
    """What its holder does is told by that name, a line each, in custody exports."""
    answer = client.post("/v1/keys", json={"name": name, "role": "viewer"})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "name"])
