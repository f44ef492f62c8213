import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db, services
from app.access import Role
from app.db import Database
from app.schemas.enums import EventType, VerificationStatus
from app.schemas.record_enums import AttentionReason, PublicationState
from tests.records import add_item, add_match, claim, find_out, hear, put_at

ClientAs = Callable[[Role], TestClient]
START = {"to": "in_review", "assignee": "kim", "note": "Taking this one on"}


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session, title="Two men in a cell", tags=["kursk"])


@pytest.fixture
def verifier(client_as: ClientAs) -> TestClient:
    return client_as(Role.VERIFIER)


def _move(client: TestClient, item: str, body: dict[str, Any], **headers: str) -> Response:
    sent = {"If-Match": "*", **{name.replace("_", "-"): value for name, value in headers.items()}}
    address = f"/v1/media/{item}/verification/transitions"
    return client.post(address, json=body, headers=sent)


def _history(client: TestClient, item: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get(f"/v1/media/{item}/verification/history", params=params).json()
        entries += page["items"]
        if page["next"] is None:
            return entries
        params["cursor"] = page["next"]


def test_a_record_shows_its_state_and_what_can_be_done(verifier: TestClient, item: str) -> None:
    answer = verifier.get(f"/v1/media/{item}/verification")
    tag = answer.headers["ETag"]
    assert tag.startswith('"1.')
    record = answer.json()
    assert (record["status"], record["version"], record["public_wording"]) == (
        "unreviewed",
        1,
        None,
    )
    assert record["media"]["title"] == "Two men in a cell"
    assert {each["to"]: each["requires"] for each in record["legal"]} == {
        "in_review": ["note: at least 10 characters", "assignee: who checks it"],
        "void": [
            "note: at least 10 characters",
            "reason_code: one of wrong_file, duplicate_of, test, out_of_scope",
        ],
    }
    again = verifier.get(f"/v1/media/{item}/verification", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert verifier.get("/v1/media/unknown/verification").status_code == 404


def test_what_a_way_takes_changes_what_readers_have(
    verifier: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        put_at(session, item, VerificationStatus.IN_REVIEW)
    address = f"/v1/media/{item}/verification"

    def takes(answer: Response) -> list[str]:
        ways: dict[str, list[str]] = {
            each["to"]: each["requires"] for each in answer.json()["legal"]
        }
        return ways["verified"]

    before = verifier.get(address)
    assert not any("matches" in each for each in takes(before))
    with database.write() as session:
        add_match(session, item, add_item(session))
    after = verifier.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert any("matches" in each for each in takes(after))


def test_a_clip_is_checked_and_stays_unverified(
    verifier: TestClient, item: str, database: Database
) -> None:
    started = _move(verifier, item, START, If_Match='"1"')
    assert (started.status_code, started.headers["ETag"][:3]) == (200, '"2.')
    assert started.json()["public_wording"] == "being checked"
    said = {
        "to": "unverified",
        "note": "No access to the prisoners",
        "missing": ["independent access to prisoners", "unedited original"],
        "public_wording": "could not be independently verified",
    }
    with database.write() as session:
        find_out(session, item, "location", "unclear")
    done = _move(verifier, item, said, If_Match='"3"')
    assert done.json()["status"] == "unverified"
    assert done.json()["missing"] == said["missing"]
    assert verifier.get(f"/v1/media/{item}/verification").json() == done.json()
    with database.read() as session:
        events = db.events.after(session, 0, 10, EventType.STATUS_CHANGED, None)
    changes = [(event.data["from"], event.data["to"], event.data["version"]) for event in events]
    assert changes == [("unreviewed", "in_review", 2), ("in_review", "unverified", 4)]
    assert all("public_wording" not in event.data for event in events), "nothing is public"
    opened, first, found, second = _history(verifier, item)
    assert (opened["action"], opened["version"]) == ("opened", 1)
    assert (first["details"]["from"], first["details"]["to"]) == ("unreviewed", "in_review")
    assert first["note"] == START["note"]
    assert (found["action"], found["details"]["verdict"]) == ("finding_recorded", "unclear")
    assert second["said"]["missing"] == said["missing"]
    assert said["public_wording"] not in str(second["details"]), "texts stay in their rows"
    assert (second["actor"]["role"], second["version"]) == ("verifier", 4)


def test_one_refusal_names_everything_missing(verifier: TestClient, item: str) -> None:
    _move(verifier, item, START)
    refused = _move(verifier, item, {"to": "verified", "note": "short"})
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/missing_requirements"
    assert {each.split(":")[0] for each in refused.json()["missing"]} == {
        "note",
        "findings",
        "corroboration",
        "approval by another editor",
    }
    assert verifier.get(f"/v1/media/{item}/verification").json()["version"] == 2


def test_an_illegal_way_lists_the_legal_ones(verifier: TestClient, item: str) -> None:
    refused = _move(verifier, item, {"to": "withdrawn", "note": "never was a verdict"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/illegal_transition"
    assert set(refused.json()["legal"]) == {"in_review", "void"}


def test_a_transition_names_the_version_it_was_decided_on(verifier: TestClient, item: str) -> None:
    address = f"/v1/media/{item}/verification/transitions"
    blind = verifier.post(address, json=START)
    assert (blind.status_code, blind.json()["type"]) == (428, "/problems/precondition_required")
    stale = _move(verifier, item, START, If_Match='"7"')
    assert (stale.status_code, stale.json()["version"]) == (412, 1)
    assert _move(verifier, item, {**START, "verdict": "true"}).status_code == 422
    assert _move(verifier, "unknown", START).status_code == 404


def test_of_two_at_once_one_wins_and_the_other_is_told(verifier: TestClient, item: str) -> None:
    codes: list[int] = []
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        codes.append(_move(verifier, item, START, If_Match='"1"').status_code)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(codes) == [200, 412]
    assert len(_history(verifier, item)) == 2


def test_a_repeated_request_changes_nothing_twice(verifier: TestClient, item: str) -> None:
    answers = [
        _move(verifier, item, START, If_Match='"1"', Idempotency_Key="start") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["ETag"] == answers[0].headers["ETag"]
    assert len(_history(verifier, item)) == 2
    other = _move(verifier, item, {"to": "void"}, If_Match='"1"', Idempotency_Key="start")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key_reused")


@pytest.mark.parametrize("role", [Role.SERVICE, Role.VIEWER, Role.AUDITOR, Role.PRODUCER], ids=str)
def test_only_people_who_verify_conclude(client_as: ClientAs, item: str, role: Role) -> None:
    client = client_as(role)
    assert _move(client, item, START).status_code == 403
    assert client.get(f"/v1/media/{item}/verification").json()["status"] == "unreviewed"


def test_a_verdict_is_taken_back_by_an_editor(
    client_as: ClientAs, verifier: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        put_at(session, item, VerificationStatus.VERIFIED)
    body = {"to": "withdrawn", "reason_code": "new_evidence", "note": "It is from 2023"}
    assert _move(verifier, item, body).status_code == 403
    done = _move(client_as(Role.EDITOR), item, {**body, "correction_text": "It is from 2023."})
    assert (done.json()["status"], done.json()["reason_code"]) == ("withdrawn", "new_evidence")
    assert done.json()["correction_text"] == "It is from 2023."


def test_a_note_makes_a_version_so_that_nobody_concludes_past_it(
    verifier: TestClient, item: str
) -> None:
    address = f"/v1/media/{item}/verification/notes"
    verifier.post(address, json={"text": "Look at the clock on the wall"})
    assert _move(verifier, item, START, If_Match='"1"').status_code == 412
    assert _move(verifier, item, START, If_Match='"2"').status_code == 200
    texts = [entry["note"] for entry in _history(verifier, item)]
    assert texts == [None, "Look at the clock on the wall", START["note"]]


def test_records_are_listed_by_what_the_desk_asks(
    verifier: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        others = [add_item(session, title=f"Clip {n}") for n in range(4)]
    _move(verifier, item, START)
    void = {"to": "void", "reason_code": "test", "note": "only trying it out"}
    _move(verifier, others[0], void)

    def listed(**params: str | int) -> list[str]:
        found: list[str] = []
        while True:
            page = verifier.get("/v1/verifications", params={"limit": 2, **params}).json()
            found += [record["media_id"] for record in page["items"]]
            if page["next"] is None:
                return found
            params["cursor"] = page["next"]

    everything = [*reversed(others), item]
    assert listed() == everything
    assert listed(status="in_review") == listed(assignee="kim") == [item]
    assert listed(status="!void") == [each for each in everything if each != others[0]]
    assert listed(tag="kursk") == listed(q="CELL two") == [item]
    assert listed(q="clip", status="unreviewed") == [others[3], others[2], others[1]]
    assert listed(collection="archive") == []
    assert verifier.get("/v1/verifications?status=sure").status_code == 422
    assert verifier.get("/v1/verifications?cursor=nonsense").status_code == 422


def test_records_are_listed_by_their_other_axes(
    verifier: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        other = add_item(session)
        put_at(session, other, VerificationStatus.VERIFIED, PublicationState.PUBLISHED)
        said = claim(session, item)
        hear(session, item, said, independence="cooperating")
        hear(session, item, said, independence="party", stance="refutes")
        reason = AttentionReason.RETROACTIVE_MATCH
        services.attention.open(session, other, reason, {"match_id": "m"})
    verifier.put(f"/v1/media/{item}/verification/rights", json={"state": "requested"})

    def listed(**params: str | list[str]) -> list[str]:
        answer = verifier.get("/v1/verifications", params=params)
        return [record["media_id"] for record in answer.json()["items"]]

    assert listed(attention="any") == [other, item]
    assert listed(attention="retroactive_match") == [other]
    assert listed(attention=["fixity_failed", "conflicting_corroboration"]) == [item]
    assert listed(attention="fixity_failed") == []
    assert listed(claim_state="supported") == listed(rights="requested") == [item]
    assert listed(claim_state="mixed") == []
    assert listed(publication="published") == listed(has_conflict="false") == [other]
    assert listed(has_conflict="true", publication="private") == [item]
    shown = verifier.get("/v1/verifications?attention=any").json()["items"]
    assert [record["attention"] for record in shown] == [
        ["retroactive_match"],
        ["conflicting_corroboration"],
    ]
    assert verifier.get("/v1/verifications?attention=boredom").status_code == 422


def test_a_record_is_found_by_the_hash_of_its_content(verifier: TestClient, item: str) -> None:
    sha256 = verifier.get(f"/v1/media/{item}/verification").json()["media"]["sha256"]
    address = f"/v1/verifications/by-hash/sha256:{sha256}"
    found = verifier.get(address)
    assert found.json()["media_id"] == item
    again = verifier.get(address, headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    assert verifier.get(f"/v1/verifications/by-hash/sha256:{'0' * 64}").status_code == 404
    assert verifier.get("/v1/verifications/by-hash/md5:00").status_code == 422


def test_the_rights_that_were_said_last_hold_though_the_clock_was_set_back(
    verifier: TestClient, item: str, database: Database
) -> None:
    address = f"/v1/media/{item}/verification/rights"
    verifier.put(address, json={"state": "cleared", "terms": "Web only"})
    with database.write() as session:
        first = db.rights.newest(session, item)
        assert first
        first.at += timedelta(hours=1)  # as an hour later by the clock of then
    verifier.put(address, json={"state": "refused", "terms": "Taken back by its owner"})
    assert verifier.get(address).json()["terms"] == "Taken back by its owner"
    record = verifier.get(f"/v1/media/{item}/verification").json()
    assert (record["rights"], record["rights_terms"]) == ("refused", "Taken back by its owner")
