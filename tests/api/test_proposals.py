"""Four eyes: one person proposes a verdict, another one approves or refuses it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db
from app.access import Role
from app.bootstrap import Parts, bootstrap
from app.db import Database
from app.main import create_app
from app.schemas.enums import EventType, VerificationStatus
from app.schemas.record_enums import PublicationState
from app.settings import Settings
from tests.records import add_item, find_out, hear, put_at

ClientAs = Callable[[Role], TestClient]
S = VerificationStatus
MISLEADING = {
    "to": "misleading",
    "note": "A cut of a longer clip",
    "authenticity_codes": ["EditedOrCroppedContent"],
    "original_context": "The whole statement of 11 January",
    "evidence": ["https://example.org/longer"],
}
DECIDED = {"note": "Seen the longer clip"}


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        item = add_item(session)
        put_at(session, item, S.IN_REVIEW)
    return item


@pytest.fixture
def verifier(client_as: ClientAs) -> TestClient:
    return client_as(Role.VERIFIER)


@pytest.fixture
def editor(client_as: ClientAs) -> TestClient:
    return client_as(Role.EDITOR)


def _ask(client: TestClient, item: str, body: dict[str, Any], tag: str = "*") -> Response:
    address = f"/v1/media/{item}/verification/transitions"
    return client.post(address, json=body, headers={"If-Match": tag})


def _decide(client: TestClient, item: str, what: str, tag: str = "*") -> Response:
    address = f"/v1/media/{item}/verification/proposal/{what}"
    return client.post(address, json=DECIDED, headers={"If-Match": tag})


def _record(client: TestClient, item: str) -> dict[str, Any]:
    record: dict[str, Any] = client.get(f"/v1/media/{item}/verification").json()
    return record


def _events(database: Database, kind: EventType) -> list[dict[str, Any]]:
    with database.read() as session:
        return [event.data for event in db.events.after(session, 0, 50, kind, None)]


def test_a_verdict_is_proposed_by_one_and_approved_by_another(
    verifier: TestClient, editor: TestClient, item: str, database: Database
) -> None:
    proposed = _ask(verifier, item, MISLEADING)
    assert (proposed.status_code, proposed.json()["status"]) == (202, "in_review")
    assert proposed.headers["ETag"].startswith('"2.')
    proposal = verifier.get(f"/v1/media/{item}/verification/proposal").json()
    assert proposal == proposed.json()["proposal"]
    assert (proposal["to"], proposal["by"]["role"]) == ("misleading", "verifier")
    assert proposal["asked"]["original_context"] == MISLEADING["original_context"]
    (told,) = _events(database, EventType.CHANGE_PROPOSED)
    assert (told["to"], told["proposer_role"]) == ("misleading", "verifier")

    own = _decide(verifier, item, "approval")
    assert (own.status_code, own.json()["type"]) == (403, "/problems/four_eyes")
    again = _ask(verifier, item, MISLEADING)
    assert (again.status_code, again.json()["type"]) == (403, "/problems/four_eyes")

    approved = _decide(editor, item, "approval", '"2"')
    assert (approved.status_code, approved.headers["ETag"]) == (200, '"3"')
    record = approved.json()
    assert (record["status"], record["approved_by"]) == ("misleading", "another_editor")
    assert record["authenticity_codes"] == ["EditedOrCroppedContent"]
    assert record["original_context"] == MISLEADING["original_context"]
    assert record["proposal"] is None
    assert verifier.get(f"/v1/media/{item}/verification/proposal").status_code == 404
    (changed,) = _events(database, EventType.STATUS_CHANGED)
    assert (changed["to"], changed["approved_by_role"]) == ("misleading", "editor")
    entries = verifier.get(f"/v1/media/{item}/verification/history").json()["items"]
    assert [(each["action"], each["note"]) for each in entries[1:]] == [
        ("change_proposed", MISLEADING["note"]),
        ("status_changed", DECIDED["note"]),
    ]
    assert entries[2]["details"]["approved_by"] == "another_editor"
    assert entries[2]["said"]["original_context"] == MISLEADING["original_context"]


def test_the_same_request_of_another_editor_approves(
    verifier: TestClient, editor: TestClient, item: str
) -> None:
    _ask(verifier, item, MISLEADING)
    other = _ask(editor, item, {**MISLEADING, "original_context": "Something else"})
    assert (other.status_code, other.json()["differing"]) == (409, ["original_context"])
    done = _ask(editor, item, MISLEADING)
    assert (done.status_code, done.json()["status"]) == (200, "misleading")


def test_an_editor_who_proposes_takes_another_editor(
    editor: TestClient, client_as: ClientAs, item: str
) -> None:
    assert _ask(editor, item, MISLEADING).status_code == 202
    own = _decide(editor, item, "approval")
    assert (own.status_code, own.json()["type"]) == (403, "/problems/four_eyes")
    assert _decide(client_as(Role.EDITOR), item, "approval").json()["status"] == "misleading"


@pytest.mark.parametrize("role", [Role.SERVICE, Role.VIEWER, Role.PRODUCER, Role.VERIFIER], ids=str)
def test_only_editors_approve(
    verifier: TestClient, client_as: ClientAs, item: str, role: Role
) -> None:
    _ask(verifier, item, MISLEADING)
    other = client_as(role)
    assert _decide(other, item, "approval").status_code == 403
    assert _decide(other, item, "refusal").status_code == 403
    assert _record(verifier, item)["version"] == 2


def test_a_proposal_is_refused_or_taken_back_and_another_made(
    verifier: TestClient, editor: TestClient, item: str, database: Database
) -> None:
    fabricated = {**MISLEADING, "to": "fabricated", "authenticity_codes": ["StagedContent"]}
    _ask(verifier, item, MISLEADING)
    second = _ask(verifier, item, fabricated)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/conflict")
    refused = _decide(editor, item, "refusal")
    assert (refused.status_code, refused.json()["proposal"]) == (200, None)
    assert _ask(verifier, item, fabricated).status_code == 202
    assert _decide(verifier, item, "refusal").status_code == 200
    assert _decide(editor, item, "approval").status_code == 404
    asked = _events(database, EventType.CHANGE_PROPOSED)
    told = _events(database, EventType.PROPOSAL_REFUSED)
    assert [each["to"] for each in told] == ["misleading", "fabricated"]
    assert [each["change_id"] for each in told] == [each["change_id"] for each in asked]
    actions = [
        each["action"]
        for each in verifier.get(f"/v1/media/{item}/verification/history").json()["items"]
    ]
    assert actions.count("proposal_refused") == 2
    assert _record(verifier, item)["status"] == "in_review"


def test_another_change_overtakes_a_proposal(
    verifier: TestClient, editor: TestClient, item: str
) -> None:
    _ask(verifier, item, MISLEADING)
    void = {"to": "void", "reason_code": "test", "note": "only trying it out"}
    assert _ask(verifier, item, void).json()["proposal"] is None
    assert _decide(editor, item, "approval").status_code == 404


def test_what_is_approved_still_has_what_it_takes(
    verifier: TestClient, editor: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        for pillar in ("provenance", "source", "date", "location"):
            find_out(session, item, pillar)
        hear(session, item)
    verified = {"to": "verified", "note": "Pool camera agrees"}
    assert _ask(verifier, item, verified).status_code == 202
    with database.write() as session:
        find_out(session, item, "date", "contradicted")
    gone = _decide(editor, item, "approval")
    assert gone.status_code == 422
    assert gone.json()["missing"] == [
        "findings: date confirmed or probable",
        "findings: none contradicted",
    ]
    with database.write() as session:
        find_out(session, item, "date", "probable")
    assert _decide(editor, item, "approval").json()["status"] == "verified"


def test_an_approval_names_the_version_that_was_read(
    verifier: TestClient, editor: TestClient, item: str
) -> None:
    _ask(verifier, item, MISLEADING)
    address = f"/v1/media/{item}/verification/proposal/approval"
    assert editor.post(address, json=DECIDED).status_code == 428
    note = {"text": "Wait: the longer clip is cut, too"}
    verifier.post(f"/v1/media/{item}/verification/notes", json=note)
    assert _decide(editor, item, "approval", '"2"').status_code == 412
    assert editor.post(address, json={"note": "ok"}, headers={"If-Match": "*"}).status_code == 422
    assert _decide(editor, item, "approval", '"3"').status_code == 200


def test_of_two_editors_at_once_one_approves(
    verifier: TestClient, client_as: ClientAs, item: str, database: Database
) -> None:
    _ask(verifier, item, MISLEADING)
    codes: list[int] = []
    start = threading.Barrier(2)

    def send(editor: TestClient) -> None:
        start.wait()
        codes.append(_decide(editor, item, "approval").status_code)

    editors = [client_as(Role.EDITOR) for _ in range(2)]
    senders = [threading.Thread(target=send, args=(editor,)) for editor in editors]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(codes) == [200, 404]
    assert len(_events(database, EventType.STATUS_CHANGED)) == 1


def test_a_published_verdict_is_corrected_by_two_editors_in_public_words(
    verifier: TestClient, editor: TestClient, client_as: ClientAs, item: str, database: Database
) -> None:
    with database.write() as session:
        put_at(session, item, S.VERIFIED, PublicationState.PUBLISHED)
    corrected = {
        **MISLEADING,
        "correction_text": "We called this verified; it is cut.",
        "public_wording": "real but cut",
    }
    assert _ask(verifier, item, corrected).status_code == 403
    without = _ask(editor, item, {**corrected, "correction_text": " "})
    assert without.json()["missing"] == [
        "correction_text: what is taken back, in public words",
        "approval by another editor",
    ]
    assert _ask(editor, item, corrected).status_code == 202
    done = _decide(client_as(Role.EDITOR), item, "approval").json()
    assert (done["status"], done["correction_text"]) == ("misleading", corrected["correction_text"])
    (changed,) = _events(database, EventType.STATUS_CHANGED)
    assert changed["public_wording"] == "real but cut"


def test_an_update_of_a_published_unverified_is_no_correction(
    verifier: TestClient, editor: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        put_at(session, item, S.UNVERIFIED, PublicationState.PUBLISHED)
    assert _ask(verifier, item, MISLEADING).status_code == 202
    assert _decide(editor, item, "approval").json()["status"] == "misleading"


@pytest.fixture
def alone(settings: Settings, parts: Parts) -> Iterator[Callable[[str], TestClient]]:
    """A desk of one person: clients by their tokens."""
    own = bootstrap(settings.model_copy(update={"four_eyes": False}))
    application = create_app(own)

    def connect(token: str) -> TestClient:
        return TestClient(application, headers={"Authorization": f"Bearer {token}"})

    yield connect
    own.jobs.close()
    own.database.close()


def test_a_desk_of_one_concludes_alone_and_the_record_says_so(
    alone: Callable[[str], TestClient], make_key: Callable[[Role], str], item: str
) -> None:
    verifier, editor = alone(make_key(Role.VERIFIER)), alone(make_key(Role.EDITOR))
    assert _ask(verifier, item, MISLEADING).status_code == 202
    assert _decide(verifier, item, "refusal").status_code == 200
    requires = {each["to"]: each["requires"] for each in _record(editor, item)["legal"]}
    assert "approval by another editor" not in requires["misleading"]
    done = _ask(editor, item, MISLEADING)
    assert (done.status_code, done.json()["approved_by"]) == (200, "same_person")
    entries = editor.get(f"/v1/media/{item}/verification/history").json()["items"]
    assert entries[-1]["details"]["approved_by"] == "same_person"


@pytest.mark.parametrize("what", ["approval", "refusal"])
def test_who_may_not_read_records_learns_nothing_by_deciding(
    client_as: ClientAs, verifier: TestClient, item: str, what: str
) -> None:
    """A partner knows ids of items by the bundles that it got."""
    partner = client_as(Role.PARTNER)
    _ask(verifier, item, MISLEADING)
    for media_id in (item, "no-such-item"):
        answer = _decide(partner, media_id, what, tag='"99"')
        assert (answer.status_code, answer.json().get("scope")) == (403, "media:read")
        assert "version" not in answer.json()


def test_where_a_protected_source_spoke_is_no_evidence_that_everybody_reads(
    client_as: ClientAs, verifier: TestClient, editor: TestClient, item: str
) -> None:
    link = "https://example.org/olena"
    said = {
        "about": "media",
        "source": {"name": "Olena", "kind": "witness", "protected": True},
        "stance": "supports",
        "link": f"{link}/?seen=1",
    }
    record = f"/v1/media/{item}/verification"
    assert verifier.post(f"{record}/corroborations", json=said).status_code == 201
    evidence = ["https://example.org/longer", f"{link}/"]
    assert _ask(verifier, item, {**MISLEADING, "evidence": evidence}).status_code == 202

    def shown(client: TestClient) -> list[Any]:
        proposal = client.get(f"{record}/proposal")
        found = [proposal.json()["asked"]["evidence"]] if proposal.status_code == 200 else []
        read = client.get(record).json()
        found += [
            each["evidence"] for each in ((read["proposal"] or {}).get("asked"), read) if each
        ]
        history = client.get(f"{record}/history").json()["items"]
        return found + [each["said"]["evidence"] for each in history if each["said"]]

    viewer, auditor = client_as(Role.VIEWER), client_as(Role.AUDITOR)
    for client in (viewer, auditor):
        assert [evidence[0], "a protected source"] in shown(client)
        assert link not in str(shown(client))
    assert _decide(editor, item, "approval").status_code == 200
    for client in (viewer, auditor):
        assert shown(client)[0] == [evidence[0], "a protected source"]
        assert link not in str(shown(client))
    assert shown(verifier)[0] == shown(editor)[0] == evidence
    chain = auditor.get("/v1/audit", params={"media_id": item, "limit": 100}).text
    assert link not in chain
    assert link not in viewer.get(f"/v1/media/{item}/report.html").text
