"""Hash lists over HTTP: made, filled, filled again."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.access import Role
from app.db import Database
from app.schemas.hash_lists import NewHashList
from app.services import hash_lists
from tests.listing import make_list, send, sha256_of
from tests.records import actor_of


def test_a_list_is_made_once_and_shown(client: TestClient) -> None:
    make_list(client, source_name="A partner", opinion="fabricated")
    again = client.post("/v1/hash-lists", json={"slug": "flagged", "title": "x"})
    assert again.status_code == 409
    [shown] = client.get("/v1/hash-lists").json()["items"]
    assert shown == client.get("/v1/hash-lists/flagged").json()
    assert (shown["opinion"], shown["hashes"]) == ("fabricated", 0)
    assert client.get("/v1/hash-lists/other").status_code == 404
    assert client.post("/v1/hash-lists/other/entries", content="x").status_code == 404


def test_faulty_lines_are_named_and_a_second_run_adds_nothing(client: TestClient) -> None:
    make_list(client)
    text = "\n".join(
        ["# of a partner", f"{sha256_of(1)}  one.mp4", "what is this", "", "ab" * 16, "ab" * 16]
    )
    done = send(client, text + "\n")
    assert done == {
        "slug": "flagged",
        "lines": 6,
        "added": 2,
        "already": 1,
        "faulty_n": 1,
        "faulty": [{"line": 3, "error": "this is no hash in hexadecimal digits"}],
    }
    again = send(client, text)
    assert (again["added"], again["already"]) == (0, 3)
    assert client.get("/v1/hash-lists/flagged").json()["hashes"] == 2
    [entry] = [
        each
        for each in client.get("/v1/audit", params={"limit": 100}).json()["items"]
        if each["action"] == "hash_list.imported" and each["payload"]["added"]
    ]
    assert entry["payload"]["faulty"] == 1


def test_a_faulty_line_is_named_and_the_others_are_added(client: TestClient) -> None:
    make_list(client)
    rows = [
        "kind,hash,quality,label",
        *(f"sha256,{sha256_of(1)},{quality}," for quality in ("²", "9" * 5000)),
        f"sha256,{sha256_of(2)},,a\0b",
        f"sha256,{sha256_of(3)},,",
    ]
    done = send(client, "\n".join(rows))
    assert (done["added"], done["faulty_n"]) == (1, 3)
    assert isinstance(done["faulty"], list)
    assert [each["line"] for each in done["faulty"]] == [2, 3, 4]


def test_many_lines_come_in_pieces(client: TestClient) -> None:
    make_list(client)
    text = "kind,hash\n" + "".join(f"sha256,{sha256_of(number)}\n" for number in range(20_000))
    done = send(client, text)
    assert (done["lines"], done["added"], done["faulty_n"]) == (20_001, 20_000, 0)


def test_a_line_without_end_is_refused(client: TestClient) -> None:
    make_list(client)
    endless = client.post("/v1/hash-lists/flagged/entries", content="a" * 5_000_000)
    assert endless.status_code == 422


def test_who_curates_sends_lists_and_who_reads_reads_them(
    client_as: Callable[[Role], TestClient],
) -> None:
    make_list(client_as(Role.SERVICE))
    viewer = client_as(Role.VIEWER)
    assert viewer.get("/v1/hash-lists").status_code == 200
    assert viewer.post("/v1/hash-lists", json={"slug": "x", "title": "x"}).status_code == 403
    assert viewer.post("/v1/hash-lists/flagged/entries", content="x").status_code == 403


def test_what_a_partner_says_is_put_into_its_list_by_its_bundles_alone(
    client: TestClient, database: Database
) -> None:
    with database.write() as session:
        wanted = NewHashList(slug="partner-feed", title="A partner: its feed")
        hash_lists.create(session, wanted, actor_of(Role.ADMIN), "its id")
    path = "/v1/hash-lists/partner-feed"
    refused = client.post(f"{path}/entries", content=f"{sha256_of(1)}  one.mp4")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    assert client.get(path).json()["hashes"] == 0
