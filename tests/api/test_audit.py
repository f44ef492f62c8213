"""Auditors read the chain, verify it, and see its checkpoints; nobody else does."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.access import Role
from app.bootstrap import Parts
from app.schemas.enums import EventType
from tests import desks

ClientAs = Callable[[Role], TestClient]


@pytest.fixture
def items(parts: Parts) -> list[str]:
    return desks.live(parts)


@pytest.fixture
def auditor(client_as: ClientAs, items: list[str]) -> TestClient:
    return client_as(Role.AUDITOR)


@pytest.mark.parametrize("path", ["", "/verify", "/checkpoints"])
def test_only_who_may_read_the_chain_reads_it(client_as: ClientAs, path: str) -> None:
    refused = client_as(Role.EDITOR).get(f"/v1/audit{path}")
    assert (refused.status_code, refused.json()["scope"]) == (403, "audit:read")
    assert client_as(Role.AUDITOR).get(f"/v1/audit{path}").status_code == 200


def test_entries_are_paged_newest_first_and_filtered(auditor: TestClient, items: list[str]) -> None:
    first = auditor.get("/v1/audit", params={"limit": 5}).json()
    seqs = [each["seq"] for each in first["items"]]
    assert seqs == sorted(seqs, reverse=True)
    after = auditor.get("/v1/audit", params={"limit": 5, "cursor": first["next"]}).json()
    assert after["items"][0]["seq"] == seqs[-1] - 1

    keys = auditor.get("/v1/audit", params={"action": "key.*", "actor": "ada"}).json()["items"]
    assert [each["action"] for each in keys] == ["key.revoked", "key.created", "key.created"]
    assert {each["actor"]["role"] for each in keys} == {"admin"}

    whole = auditor.get("/v1/audit", params={"limit": 200}).json()["items"]
    moment = whole[len(whole) // 2]["at"]
    later, earlier = (
        auditor.get("/v1/audit", params={"limit": 200, bound: moment}).json()["items"]
        for bound in ("since", "until")
    )
    assert [*later, *earlier] == whole
    assert later[-1]["at"] == moment > earlier[0]["at"]

    arrivals = {"media_id": items[0], "action": "media.received"}
    (arrival,) = auditor.get("/v1/audit", params=arrivals).json()["items"]
    (receipt,) = (row for name, row in arrival["payload"]["rows"].items() if "receipt/" in name)
    assert receipt["source_name"] == "SBU"


def test_an_erased_payload_shows_when_by_whom_and_why(
    auditor: TestClient, items: list[str]
) -> None:
    found = auditor.get(
        "/v1/audit", params={"subject": "note", "media_id": items[0], "limit": 200}
    ).json()["items"]
    (erased,) = (each for each in found if each["erased"])
    assert erased["payload"] is None
    assert erased["erased"]["by"] == "ada"
    assert erased["erased"]["authority"] == "data_subject"


def test_a_protected_source_is_withheld_from_who_may_not_read_it(
    client_as: ClientAs, items: list[str]
) -> None:
    verifier, path = client_as(Role.VERIFIER), f"/v1/media/{items[0]}/verification/corroborations"
    body = {
        "about": "media",
        "stance": "supports",
        "source": {"name": "Anna", "protected": True},
    }
    assert verifier.post(path, json=body).status_code == 201
    asked = {"subject": "corroboration", "limit": 1}
    (shown,) = client_as(Role.AUDITOR).get("/v1/audit", params=asked).json()["items"]
    assert (shown["payload"], shown["withheld"]) == (None, "protected_source")
    (told,) = client_as(Role.ADMIN).get("/v1/audit", params=asked).json()["items"]
    assert "Anna" in str(told["payload"])


def test_a_desk_at_work_verifies_and_an_altered_row_is_named_and_told_once(
    auditor: TestClient, parts: Parts
) -> None:
    report = auditor.get("/v1/audit/verify").json()
    assert (report["ok"], report["faults"]) == (True, [])
    assert report["checkpoints"] == 2
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE history SET actor_name = 'nobody' WHERE seq = 3"))
    for _ in range(2):
        report = auditor.get("/v1/audit/verify").json()
        assert report["ok"] is False
        (fault,) = report["faults"]
        assert (fault["kind"], fault["object"]) == ("row", "history/3")
        assert fault["seq"] == report["first_bad_seq"]
        assert fault["detail"].endswith("recorded it: actor_name altered")
    told = auditor.get("/v1/events", params={"type": EventType.INTEGRITY_FAILED}).json()["items"]
    assert [each["data"]["object"] for each in told] == ["history/3"]


def test_checkpoints_are_listed_with_their_files_digests(auditor: TestClient, parts: Parts) -> None:
    newest, oldest = auditor.get("/v1/audit/checkpoints").json()["items"]
    assert (newest["number"], oldest["number"]) == (2, 1)
    assert newest["previous"] == oldest["sha256"]
    assert newest["timestamp"]["state"] == "none"
    assert len(bytes.fromhex(newest["signature"])) == 64
    page = auditor.get("/v1/audit/checkpoints", params={"limit": 1}).json()
    rest = auditor.get("/v1/audit/checkpoints", params={"limit": 1, "cursor": page["next"]}).json()
    assert (rest["items"], rest["next"]) == ([oldest], None)
    key = parts.sealer.folder.path / f"key-{newest['key']}.pem"
    assert key.read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----")
