"""A purge that one person proposes and another decides, over HTTP."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.access import Role
from app.bootstrap import Parts
from app.services import verifying
from tests.uploads import png, upload

ClientAs = Callable[[Role], TestClient]
WORD = {"authority": "data_subject", "reason": "She asked for it."}


def proposal_of(client: TestClient) -> str:
    media_id = upload(client, png()).json()["id"]
    return f"/v1/media/{media_id}/purge-proposal"


def test_a_proposal_waits_and_goes_with_the_purge(
    client: TestClient, client_as: ClientAs, parts: Parts
) -> None:
    own, editor = proposal_of(client), client_as(Role.EDITOR)
    assert editor.get(own).status_code == 404
    made = editor.post(own, json=WORD)
    assert made.status_code == 201
    assert made.json()["reason"] == WORD["reason"]
    assert editor.get(own).json() == made.json()
    assert editor.post(own, json=WORD).status_code == 409
    listed = client.get("/v1/purge-proposals").json()["items"]
    assert listed == [made.json()]
    assert client.post(own.removesuffix("-proposal"), json=WORD).status_code == 200
    assert client.get("/v1/purge-proposals").json()["items"] == []
    assert editor.get(own).status_code == 410
    assert editor.post(own, json=WORD).status_code == 410
    assert verifying.verify(parts.database, parts.trusted).faults == []


def test_a_proposal_is_taken_back_or_turned_down(client: TestClient, client_as: ClientAs) -> None:
    own, editor, verifier = proposal_of(client), client_as(Role.EDITOR), client_as(Role.VERIFIER)
    editor.post(own, json=WORD)
    assert verifier.delete(own).status_code == 403
    assert editor.delete(own).status_code == 204
    assert editor.delete(own).status_code == 404
    verifier.post(own, json=WORD)
    assert client.delete(own).status_code == 204
    history = client.get(own.replace("purge-proposal", "verification/history")).json()["items"]
    said = [each["action"] for each in history if each["action"].startswith("purge")]
    assert said == ["purge_proposed", "purge_refused"] * 2
    feed = client.get("/v1/events").json()["items"]
    told = [each for each in feed if each["type"].startswith("media.purge_")]
    assert [each["type"] for each in told] == ["media.purge_proposed", "media.purge_refused"] * 2
    assert told[0]["data"]["authority"] == WORD["authority"]
    assert WORD["reason"] not in str(told)


def test_nobody_else_proposes_and_what_is_held_stays(
    client: TestClient, client_as: ClientAs
) -> None:
    own = proposal_of(client)
    for role in (Role.VIEWER, Role.PRODUCER, Role.AUDITOR, Role.SERVICE):
        assert client_as(role).post(own, json=WORD).status_code == 403, role
    assert client_as(Role.EDITOR).get("/v1/purge-proposals").status_code == 403
    media_id = own.split("/")[3]
    client.post("/v1/holds", json={"media_id": media_id, "reason": "A court asked for it."})
    held = client.post(own, json=WORD)
    assert (held.status_code, held.json()["type"]) == (409, "/problems/held")


def test_who_asks_is_told_of_a_proposal_that_names_them(
    client: TestClient, client_as: ClientAs
) -> None:
    client_as(Role.EDITOR).post(
        proposal_of(client), json={**WORD, "reason": "Olena Kovalenko asked for it."}
    )
    found = client.get("/v1/subject-requests", params={"name": "olena kovalenko"}).json()["items"]
    assert [(each["table"], each["column"]) for each in found] == [("purge_proposals", "reason")]
