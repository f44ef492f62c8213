from collections.abc import Callable

from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.db import Database
from tests.records import is_searched_as_known
from tests.uploads import png, store_fingerprint, upload

ARCHIVE = {"slug": "archive", "title": "Our archive", "kind": "archive"}


def test_a_collection_is_made_once(client: TestClient) -> None:
    made = client.post("/v1/collections", json=ARCHIVE)
    assert (made.status_code, made.headers["location"]) == (201, "/v1/collections/archive")
    assert made.json() == {**ARCHIVE, "members": 0, "created_at": made.json()["created_at"]}
    again = client.post("/v1/collections", json={**ARCHIVE, "title": "Another"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")
    assert client.get("/v1/collections/archive").json() == made.json()
    assert client.get("/v1/collections/nowhere").status_code == 404


def test_names_are_plain(client: TestClient) -> None:
    for slug in ("", "Archive", "a/b", "-a", "a" * 64):
        assert client.post("/v1/collections", json={**ARCHIVE, "slug": slug}).status_code == 422
    assert client.post("/v1/collections", json={**ARCHIVE, "kind": "heap"}).status_code == 422
    assert client.post("/v1/collections", json={**ARCHIVE, "title": "  "}).status_code == 422


def test_collections_are_listed_by_name_with_their_sizes(client: TestClient) -> None:
    for slug in ("b", "a", "c"):
        client.post("/v1/collections", json={**ARCHIVE, "slug": slug})
    upload(client, png(1), collection="b")
    upload(client, png(2), collection=["b", "c"])
    first = client.get("/v1/collections", params={"limit": 2}).json()
    rest = client.get("/v1/collections", params={"limit": 2, "cursor": first["next"]}).json()
    sizes = [(each["slug"], each["members"]) for each in first["items"] + rest["items"]]
    assert sizes == [("a", 0), ("b", 2), ("c", 1)]


def test_membership_makes_a_fingerprinted_item_known(
    client: TestClient, database: Database
) -> None:
    for slug in ("archive", "idents"):
        client.post("/v1/collections", json={**ARCHIVE, "slug": slug, "kind": "common"})
    item = upload(client, png()).json()["id"]
    with database.write() as session:
        number = store_fingerprint(session, item)

    def known() -> tuple[bool, int]:
        with database.read() as session:
            return is_searched_as_known(session, number), db.known.last_seq(session)

    for path in (f"/v1/collections/{slug}/media/{item}" for slug in ("archive", "idents")):
        assert client.put(path).status_code == 204
        assert client.put(path).status_code == 204
    assert known() == (True, 1)
    assert client.get(f"/v1/media/{item}").json()["collections"] == ["archive", "idents"]
    assert client.delete(f"/v1/collections/archive/media/{item}").status_code == 204
    assert known() == (True, 1)
    assert client.delete(f"/v1/collections/idents/media/{item}").status_code == 204
    assert client.delete(f"/v1/collections/idents/media/{item}").status_code == 204
    assert known() == (False, 2)


def test_members_and_collections_must_exist(client: TestClient) -> None:
    client.post("/v1/collections", json=ARCHIVE)
    item = upload(client, png()).json()["id"]
    assert client.put("/v1/collections/archive/media/nothing").status_code == 404
    assert client.put(f"/v1/collections/nowhere/media/{item}").status_code == 404


def test_a_producer_only_reads(client_as: Callable[[Role], TestClient]) -> None:
    producer = client_as(Role.PRODUCER)
    assert producer.get("/v1/collections").status_code == 200
    refused = producer.post("/v1/collections", json=ARCHIVE)
    assert (refused.status_code, refused.json()["scope"]) == (403, "known:write")
