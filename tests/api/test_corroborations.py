"""Claims and what sources say of them: a confirmed event is not a verified file."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db
from app.access import Role
from app.db import Database
from app.schemas.enums import EventType
from tests.records import add_item

ClientAs = Callable[[Role], TestClient]
NIS = {
    "about": "claim",
    "source": {"name": "NIS (South Korea)", "kind": "state_agency"},
    "stance": "supports",
    "statement": "confirmed capture of two soldiers on 9 Jan in Kursk",
    "basis": "direct_access",
    "independence": "cooperating",
    "independence_note": "assists SBU interviews",
    "said_at": "2025-01-12",
    "link": "https://afp.example/1",
    "archive_url": "https://archive.example/afp/1",
    "archived_at": "2025-01-12T09:00:00Z",
    "quoted_via": "AFP",
}


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


@pytest.fixture
def verifier(client_as: ClientAs) -> TestClient:
    return client_as(Role.VERIFIER)


def _claim(client: TestClient, item: str, text: str = "Two soldiers were captured") -> str:
    body = {"text": text, "made_by": "SBU", "made_at": "2025-01-11", "language": "uk"}
    made = client.post(f"/v1/media/{item}/verification/claims", json=body)
    assert (made.status_code, made.json()["state"], made.json()["rests_on"]) == (201, "open", None)
    claim_id: str = made.json()["id"]
    return claim_id


def _say(client: TestClient, item: str, claim_id: str | None = None, **body: Any) -> Response:
    target = {"about": "claim", "target_id": claim_id} if claim_id else {"about": "media"}
    said = {"source": {"name": "somebody"}, "stance": "supports", **body, **target}
    return client.post(f"/v1/media/{item}/verification/corroborations", json=said)


def _claims(client: TestClient, item: str) -> list[tuple[str, str | None]]:
    listed = client.get(f"/v1/media/{item}/verification/claims").json()["items"]
    return [(each["state"], each["rests_on"]) for each in listed]


def _listed(client: TestClient, item: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/media/{item}/verification/corroborations").json()
    items: list[dict[str, Any]] = answer["items"]
    return items


def _told(database: Database, kind: EventType) -> list[dict[str, Any]]:
    with database.read() as session:
        return [event.data for event in db.events.after(session, 0, 50, kind, None)]


def test_a_cooperating_source_supports_the_claim_and_never_the_media(
    verifier: TestClient, item: str, database: Database
) -> None:
    first, second = _claim(verifier, item), _claim(verifier, item, "One had no ID")
    for claim in (first, second):
        party = {"source": {"name": "SBU", "kind": "state_agency"}, "independence": "party"}
        assert _say(verifier, item, claim, **party).status_code == 201
    assert _claims(verifier, item) == [("open", None), ("open", None)]
    assert _told(database, EventType.CLAIM_STATE_CHANGED) == []
    said = _say(verifier, item, first, **NIS)
    assert (said.status_code, said.headers["ETag"]) == (201, '"6"')
    shown = said.json()
    assert shown["source"] == {
        "name": NIS["source"]["name"],
        "kind": "state_agency",
        "protected": False,
    }
    assert {name: shown[name] for name in NIS if name not in {"source", "about"}} == {
        name: value for name, value in NIS.items() if name not in {"source", "about"}
    }
    assert _claims(verifier, item) == [("supported", "cooperating"), ("open", None)]
    (changed,) = _told(database, EventType.CLAIM_STATE_CHANGED)
    assert (changed["claim_id"], changed["from"], changed["to"]) == (first, "open", "supported")
    record = verifier.get(f"/v1/media/{item}/verification").json()
    assert (record["status"], record["has_conflict"], record["attention"]) == (
        "unreviewed",
        False,
        [],
    )
    assert _told(database, EventType.STATUS_CHANGED) == []
    assert len(_told(database, EventType.CORROBORATION_ADDED)) == 3


def test_what_a_source_takes_back_is_a_new_entry(
    verifier: TestClient, item: str, database: Database
) -> None:
    claim = _claim(verifier, item)
    said = _say(verifier, item, claim, independence="independent").json()
    back = {"stance": "retracts", "retracts_id": said["id"], "statement": "we were wrong"}
    retracted = _say(verifier, item, claim, **back)
    assert retracted.status_code == 201
    assert _claims(verifier, item) == [("open", None)]
    old, new = _listed(verifier, item)
    assert (old["stance"], old["retracted_by"]) == ("supports", new["id"])
    assert (new["stance"], new["retracts_id"]) == ("retracts", old["id"])
    again = _say(verifier, item, claim, **back)
    assert (again.status_code, again.json()["retracted_by"]) == (409, new["id"])
    (told,) = _told(database, EventType.CORROBORATION_RETRACTED)
    assert (told["retracts_id"], told["corroboration_id"]) == (old["id"], new["id"])
    states = [(each["from"], each["to"]) for each in _told(database, EventType.CLAIM_STATE_CHANGED)]
    assert states == [("open", "supported"), ("supported", "open")]


def test_a_retraction_names_what_it_takes_back(
    verifier: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        other = add_item(session)
    claim = _claim(verifier, item)
    said = _say(verifier, item, claim).json()["id"]
    back = _say(verifier, item, claim, stance="retracts", retracts_id=said).json()["id"]
    elsewhere = _say(verifier, other).json()["id"]
    for body, status in (
        ({"stance": "retracts"}, 422),
        ({"stance": "supports", "retracts_id": said}, 422),
        ({"stance": "retracts", "retracts_id": back}, 422),
        ({"stance": "retracts", "retracts_id": elsewhere}, 404),
        ({"stance": "retracts", "retracts_id": "unknown"}, 404),
    ):
        assert _say(verifier, item, claim, **body).status_code == status
    said = _say(verifier, item, claim).json()["id"]
    about_media = _say(verifier, item, stance="retracts", retracts_id=said)
    assert about_media.status_code == 422
    refused = about_media.json()
    assert "`about` and `target_id`" in refused["detail"]
    assert (refused["about"], refused["target_id"]) == ("claim", claim)
    assert _say(verifier, other, claim).status_code == 404
    assert _say(verifier, item, "unknown").status_code == 404


def test_sources_that_contradict_each_other_call_for_attention_once(
    verifier: TestClient, item: str, database: Database
) -> None:
    claim = _claim(verifier, item)
    _say(verifier, item, claim, independence="cooperating")
    _say(verifier, item, claim, independence="derived", stance="refutes")
    assert verifier.get(f"/v1/media/{item}/verification").json()["has_conflict"] is False
    ministry = {"source": {"name": "ministry"}, "independence": "party", "stance": "refutes"}
    said = _say(verifier, item, claim, **ministry).json()
    record = verifier.get(f"/v1/media/{item}/verification").json()
    assert (record["has_conflict"], record["attention"]) == (True, ["conflicting_corroboration"])
    assert _claims(verifier, item) == [("supported", "cooperating")]
    _say(verifier, item, claim, independence="independent", stance="refutes")
    assert _claims(verifier, item) == [("mixed", "independent")]
    (told,) = _told(database, EventType.ATTENTION_REQUIRED)
    assert told["detail"] == {"about": "claim", "target_id": claim}

    address = f"/v1/media/{item}/verification/attention"
    (reason,) = verifier.get(address).json()["items"]
    note = {"note": "The ministry was not there"}
    closed = verifier.post(f"{address}/{reason['id']}/closure", json=note)
    assert (closed.status_code, closed.json()["closed_by"]["name"]) == (200, "test verifier")
    assert verifier.post(f"{address}/{reason['id']}/closure", json=note).status_code == 409
    _say(verifier, item, claim, stance="retracts", retracts_id=said["id"])
    record = verifier.get(f"/v1/media/{item}/verification").json()
    assert (record["has_conflict"], record["attention"]) == (True, [])


def test_a_conflict_ends_when_one_side_takes_it_back(verifier: TestClient, item: str) -> None:
    _say(verifier, item, independence="independent")
    said = _say(verifier, item, independence="independent", stance="refutes").json()
    assert verifier.get(f"/v1/media/{item}/verification").json()["has_conflict"] is True
    _say(verifier, item, stance="retracts", retracts_id=said["id"])
    assert verifier.get(f"/v1/media/{item}/verification").json()["has_conflict"] is False


def test_a_protected_source_is_named_to_those_who_verify_only(
    client_as: ClientAs, verifier: TestClient, item: str, database: Database
) -> None:
    secret = "Nurse Olena"
    _say(
        verifier,
        item,
        source={"name": secret, "kind": "witness", "protected": True},
        link="https://example.org/olena",
        quoted_via="her brother",
        statement="I was in the room",
    )
    for role in (Role.VERIFIER, Role.EDITOR, Role.ADMIN):
        (shown,) = _listed(client_as(role), item)
        assert (shown["source"]["name"], shown["quoted_via"]) == (secret, "her brother")
    for role in (Role.VIEWER, Role.PRODUCER, Role.AUDITOR, Role.SERVICE):
        (shown,) = _listed(client_as(role), item)
        assert shown["source"] == {"name": None, "kind": "witness", "protected": True}
        assert (shown["link"], shown["quoted_via"]) == (None, None)
        assert shown["statement"] == "I was in the room"
        history = client_as(role).get(f"/v1/media/{item}/verification/history").text
        assert secret not in history
    assert secret not in str(_told(database, EventType.CORROBORATION_ADDED))


def test_a_retraction_keeps_its_source_protected(
    client_as: ClientAs, verifier: TestClient, item: str
) -> None:
    secret, link = {"name": "Nurse Olena", "kind": "witness"}, "https://example.org/olena"
    said = _say(verifier, item, source={**secret, "protected": True}, link=link).json()
    back = {"stance": "retracts", "retracts_id": said["id"], "link": link}
    retracted = _say(verifier, item, source={**secret, "kind": "unknown"}, **back).json()
    assert retracted["source"] == {**secret, "protected": True}
    for role in (Role.VIEWER, Role.AUDITOR):
        for shown in _listed(client_as(role), item):
            assert shown["source"] == {"name": None, "kind": "witness", "protected": True}
            assert shown["link"] is None
    chain = client_as(Role.AUDITOR).get("/v1/audit?limit=200")
    assert (chain.status_code, chain.text.count('"protected_source"')) == (200, 2)
    assert secret["name"] not in chain.text


@pytest.mark.parametrize("role", [Role.SERVICE, Role.VIEWER, Role.AUDITOR, Role.PRODUCER], ids=str)
def test_only_those_who_verify_record_claims_and_sources(
    client_as: ClientAs, item: str, role: Role
) -> None:
    client = client_as(role)
    assert _say(client, item).status_code == 403
    address = f"/v1/media/{item}/verification"
    assert client.post(f"{address}/claims", json={"text": "so they say"}).status_code == 403
    assert client.put(f"{address}/rights", json={"state": "cleared"}).status_code == 403


def test_rights_are_an_axis_of_their_own(
    verifier: TestClient, item: str, database: Database
) -> None:
    address = f"/v1/media/{item}/verification/rights"
    assert verifier.get(address).json() == {
        "state": "unknown",
        "terms": None,
        "by": None,
        "at": None,
    }
    assert verifier.put(address, json={"state": "requested"}).status_code == 200
    cleared = {"state": "cleared", "terms": "with credit, until 2026"}
    changed = verifier.put(address, json=cleared, headers={"If-Match": '"2"'})
    assert (changed.json()["terms"], changed.headers["ETag"]) == (cleared["terms"], '"3"')
    assert verifier.put(address, json=cleared, headers={"If-Match": '"2"'}).status_code == 412
    assert verifier.put(address, json={"state": "stolen"}).status_code == 422
    record = verifier.get(f"/v1/media/{item}/verification").json()
    assert (record["rights"], record["rights_terms"]) == ("cleared", cleared["terms"])
    assert record["status"] == "unreviewed"
    told = _told(database, EventType.RIGHTS_CHANGED)
    assert [(each["from"], each["to"]) for each in told] == [
        ("unknown", "requested"),
        ("requested", "cleared"),
    ]
    assert cleared["terms"] not in str(told)
