"""Findings: typed by pillar, by people only, superseded and never edited."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db
from app.access import Role
from app.db import Database
from app.schemas.enums import EventType
from tests.records import add_item, add_match

ClientAs = Callable[[Role], TestClient]


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


@pytest.fixture
def verifier(client_as: ClientAs) -> TestClient:
    return client_as(Role.VERIFIER)


def _find(client: TestClient, item: str, **body: Any) -> Response:
    return client.post(f"/v1/media/{item}/verification/findings", json=body)


def _listed(client: TestClient, item: str, **params: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/media/{item}/verification/findings", params=params)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


FINDINGS: list[dict[str, Any]] = [
    {
        "pillar": "provenance",
        "verdict": "probable",
        "value": {
            "is_original": "copy_of",
            "copy_of": "the channel's post",
            "earliest_known": {"url": "https://t.me/x/1", "at": "2025-01-11T16:20:00+00:00"},
            "generation": 2,
        },
    },
    {
        "pillar": "source",
        "verdict": "confirmed",
        "value": {"released_by": "SBU", "relation": "handout", "contacted": True},
    },
    {
        "pillar": "date",
        "verdict": "unclear",
        "value": {"from": "2025-01-09", "to": "2025-01-11", "basis": "source_statement"},
    },
    {
        "pillar": "location",
        "verdict": "probable",
        "value": {"text": "Kyiv", "lat": 50.45, "lon": 30.52, "precision_m": 1000},
        "said_by_source": "Kyiv",
        "method": ["visual_comparison", "language_check"],
        "limits": "interior only",
    },
    {
        "pillar": "motivation",
        "verdict": "confirmed",
        "value": {"interest": "party_to_conflict", "edited_by_source": "yes"},
    },
]


def test_each_pillar_keeps_a_value_of_its_own_kind(verifier: TestClient, item: str) -> None:
    for wanted in FINDINGS:
        recorded = _find(verifier, item, **wanted)
        assert recorded.status_code == 201, recorded.json()
        value = {
            name: got for name, got in recorded.json()["value"].items() if name in wanted["value"]
        }
        assert _without_none(value) == wanted["value"]
    record = verifier.get(f"/v1/media/{item}/verification").json()
    shown = [(each["pillar"], each["verdict"]) for each in record["findings"]]
    assert shown == [(each["pillar"], each["verdict"]) for each in FINDINGS]


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(each) for name, each in value.items() if each is not None}
    return value


@pytest.mark.parametrize(
    "wrong",
    [
        {"pillar": "weather", "verdict": "confirmed"},
        {"pillar": "date", "verdict": "sure"},
        {"pillar": "date", "verdict": "unclear", "value": {"lat": 1, "lon": 2}},
        {"pillar": "date", "verdict": "unclear", "value": {"from": "2025-01-09T10:00:00"}},
        {"pillar": "date", "verdict": "unclear", "value": {"from": "2024"}},
        {"pillar": "date", "verdict": "unclear", "value": {"from": 2024}},
        {"pillar": "date", "verdict": "confirmed", "value": {"basis": "metadata"}},
        {"pillar": "date", "verdict": "probable", "value": {"basis": "metadata"}},
        {"pillar": "location", "verdict": "unclear", "value": {"lat": 50.4}},
        {"pillar": "location", "verdict": "unclear", "value": {"lat": 95, "lon": 0}},
        {
            "pillar": "source",
            "verdict": "unclear",
            "evidence": [{"kind": "file", "time_ranges": [{"start_ms": 5000, "end_ms": 1000}]}],
        },
        {
            "pillar": "source",
            "verdict": "unclear",
            "evidence": [{"kind": "file", "archived_at": "2025-01-09T10:00:00"}],
        },
    ],
)
def test_a_value_that_is_none_of_its_pillar_is_refused(
    verifier: TestClient, item: str, wrong: dict[str, Any]
) -> None:
    assert _find(verifier, item, **wrong).status_code == 422
    assert _listed(verifier, item) == []


def test_metadata_suggests_a_date(verifier: TestClient, item: str) -> None:
    value = {"from": "2025-01-09", "basis": "metadata"}
    assert _find(verifier, item, pillar="date", verdict="unclear", value=value).status_code == 201


def test_a_newer_finding_takes_the_place_of_its_pillars_and_both_stay(
    verifier: TestClient, item: str, database: Database
) -> None:
    first = _find(verifier, item, pillar="date", verdict="unclear").json()
    _find(verifier, item, pillar="source", verdict="confirmed")
    second = _find(verifier, item, pillar="date", verdict="probable").json()
    assert second["supersedes_id"] == first["id"]
    listed = _listed(verifier, item, pillar="date")
    assert [(each["id"], each["superseded_by"]) for each in listed] == [
        (second["id"], None),
        (first["id"], second["id"]),
    ]
    record = verifier.get(f"/v1/media/{item}/verification").json()
    assert {each["pillar"]: each["verdict"] for each in record["findings"]} == {
        "source": "confirmed",
        "date": "probable",
    }
    assert record["version"] == 4
    with database.read() as session:
        told = db.events.after(session, 0, 10, EventType.FINDING_RECORDED, None)
    assert [(event.data["pillar"], event.data["verdict"]) for event in told][-1] == (
        "date",
        "probable",
    )


def test_evidence_has_to_be_there(verifier: TestClient, item: str, database: Database) -> None:
    with database.write() as session:
        match = add_match(session, item, add_item(session))
        foreign = add_match(session, add_item(session), add_item(session))
    note = verifier.post(f"/v1/media/{item}/verification/notes", json={"text": "seen it"}).json()

    def record(kind: str, ref: str) -> Response:
        evidence = [{"kind": kind, "ref": ref, "time_ranges": [{"start_ms": 0, "end_ms": 900}]}]
        return _find(verifier, item, pillar="source", verdict="probable", evidence=evidence)

    for kind, ref in (("match", match), ("note", note["id"]), ("url", "https://example.org/a")):
        kept = record(kind, ref)
        assert kept.status_code == 201
        assert kept.json()["evidence"][0]["ref"] == ref
    for kind, ref in (
        ("match", foreign),
        ("note", "n"),
        ("url", "ftp://example.org"),
        ("match", ""),
    ):
        refused = record(kind, ref)
        assert (refused.status_code, refused.json().get("evidence")) == (422, [ref])


@pytest.mark.parametrize("role", [Role.SERVICE, Role.VIEWER, Role.AUDITOR, Role.PRODUCER], ids=str)
def test_only_those_who_verify_record_findings(client_as: ClientAs, item: str, role: Role) -> None:
    client = client_as(role)
    assert _find(client, item, pillar="date", verdict="unclear").status_code == 403
    assert _listed(client, item) == []


def test_a_finding_is_refused_to_who_has_not_seen_the_newest(
    verifier: TestClient, item: str
) -> None:
    address = f"/v1/media/{item}/verification/findings"
    body = {"pillar": "date", "verdict": "unclear"}
    done = verifier.post(address, json=body, headers={"If-Match": '"1"'})
    assert (done.status_code, done.headers["ETag"]) == (201, '"2"')
    assert verifier.post(address, json=body, headers={"If-Match": '"1"'}).status_code == 412
    weakened = verifier.post(address, json=body, headers={"If-Match": 'W/"2"'})
    assert (weakened.status_code, weakened.headers["ETag"]) == (201, '"3"')
    assert _find(verifier, "unknown", **body).status_code == 404
