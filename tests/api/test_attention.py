"""Reasons to look again: reported by people, closed with a note, listed."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.access import Role
from app.db import Database
from tests.records import add_item

ClientAs = Callable[[Role], TestClient]
DELETED = {"reason": "source_deleted", "note": "The channel took the post down"}


@pytest.fixture
def address(database: Database) -> str:
    with database.write() as session:
        return f"/v1/media/{add_item(session)}/verification/attention"


def test_a_person_reports_that_the_source_is_gone(client_as: ClientAs, address: str) -> None:
    verifier = client_as(Role.VERIFIER)
    reported = verifier.post(address, json=DELETED)
    assert (reported.status_code, reported.headers["ETag"]) == (201, '"2"')
    again = verifier.post(address, json=DELETED)
    assert (again.status_code, again.json()["attention_id"]) == (409, reported.json()["id"])
    entries = verifier.get(address.replace("attention", "history")).json()["items"]
    assert (entries[-1]["actor"]["role"], entries[-1]["note"]) == ("verifier", DELETED["note"])
    assert verifier.get("/v1/verifications?attention=source_deleted").json()["items"]
    closing = f"{address}/{reported.json()['id']}/closure"
    stale = verifier.post(closing, json={"note": "archived"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    closed = verifier.post(closing, json={"note": "an archive has it"})
    assert (closed.status_code, closed.json()["closed_by"]["name"]) == (200, "test verifier")
    assert verifier.get("/v1/verifications?attention=any").json()["items"] == []
    assert verifier.post(address, json=DELETED).status_code == 201, "it may go once more"


def test_what_the_desk_finds_by_itself_nobody_reports(client_as: ClientAs, address: str) -> None:
    verifier = client_as(Role.VERIFIER)
    for reason in ("fixity_failed", "retroactive_match", "boredom"):
        body = {"reason": reason, "note": "so they say"}
        assert verifier.post(address, json=body).status_code == 422
    for role in (Role.VIEWER, Role.PRODUCER, Role.SERVICE, Role.AUDITOR):
        assert client_as(role).post(address, json=DELETED).status_code == 403
        assert client_as(role).get(address).json()["items"] == []
