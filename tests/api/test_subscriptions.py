"""Subscriptions by subject: told with the match, once a pair, as far as the match is good enough."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.access import SYSTEM, Role
from app.bootstrap import Parts
from app.core.matches import Match
from app.core.policy import Grade, Relation
from app.schemas.enums import CollectionKind, MatchFound, Shelf
from app.services import collections, recording, shredding
from app.services.heavy import Found, Hit
from tests.records import PURGE, add_item, make_known


class Desk:
    """What the tests do and see at the desk."""

    def __init__(self, parts: Parts, client: TestClient) -> None:
        self.parts, self.client = parts, client

    def item(self, *tags: str) -> str:
        with self.parts.database.write() as session:
            return add_item(session, tags=tags)

    def subscribe(self, **wanted: Any) -> dict[str, Any]:
        answer = self.client.post("/v1/subscriptions", json={"name": "the cell", **wanted})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def find(
        self,
        query: str,
        known: str,
        grade: Grade = Grade.CERTAIN,
        against: Shelf = Shelf.KNOWN,
    ) -> None:
        """Record what a search of one item found, as workers do."""
        confidence = {Grade.CERTAIN: 0.95, Grade.PROBABLE: 0.6, Grade.LEAD: 0.3}[grade]
        match = Match(0, Relation.EDITED, grade, confidence, 1.0, 1.0, segments=(), evidence=())
        found = Found((Hit(known, match, against),), "a", 1, 0, as_of_seq=1)
        with self.parts.database.write() as session:
            recording.record(session, query, found, MatchFound.UPLOAD)

    def told(self) -> list[dict[str, Any]]:
        asked = {"type": "subscription.matched", "limit": 200}
        return [
            each["data"] for each in self.client.get("/v1/events", params=asked).json()["items"]
        ]

    def pairs(self) -> list[tuple[str, str]]:
        return [(each["media_id"], each["known_id"]) for each in self.told()]


@pytest.fixture
def desk(parts: Parts, client: TestClient) -> Desk:
    return Desk(parts, client)


def test_what_matches_an_item_is_told_whichever_was_the_query(desk: Desk) -> None:
    subject, later, earlier = desk.item(), desk.item(), desk.item()
    with desk.parts.database.write() as session:
        make_known(session, earlier)
    made = desk.subscribe(media_id=subject)
    desk.find(later, subject, against=Shelf.UPLOAD)
    desk.find(subject, earlier)
    desk.find(later, earlier)
    assert desk.pairs() == [(later, subject), (subject, earlier)]
    told = desk.told()[0]
    assert (told["subscription_id"], told["subscription"]) == (made["id"], "the cell")
    assert (told["against"], told["grade"], told["relation"]) == ("upload", "certain", "edited")
    assert desk.client.get(f"/v1/matches/{told['match_id']}").json()["known_media_id"] == subject


def test_a_pair_is_told_once_and_only_from_its_grade_on(desk: Desk) -> None:
    subject, other = desk.item(), desk.item()
    desk.subscribe(media_id=subject)
    leads = desk.subscribe(media_id=subject, name="leads, too", min_grade="lead")
    desk.find(other, subject, Grade.LEAD)
    assert [each["subscription_id"] for each in desk.told()] == [leads["id"]]
    desk.find(other, subject, Grade.PROBABLE)
    desk.find(other, subject, Grade.CERTAIN)
    desk.find(subject, other, Grade.CERTAIN)
    assert [each["grade"] for each in desk.told()] == ["lead", "probable"]


def test_what_was_found_before_it_was_made_is_not_told(desk: Desk) -> None:
    subject, before, surer, later = (desk.item() for _ in range(4))
    desk.find(subject, before)
    desk.find(subject, surer, Grade.LEAD)
    desk.subscribe(media_id=subject, min_grade="lead")
    for known in (before, surer):
        desk.find(subject, known, Grade.CERTAIN)
    desk.find(subject, later)
    assert desk.pairs() == [(subject, surer), (subject, later)]


def test_collections_and_tags_are_subjects_as_they_are_now(desk: Desk) -> None:
    tagged, half, member, other = (
        desk.item("kursk", "cell"),
        desk.item("kursk"),
        *(desk.item() for _ in range(2)),
    )
    with desk.parts.database.write() as session:
        make_known(session, member)
    of_tags = desk.subscribe(tags=["cell", "kursk"])
    of_collection = desk.subscribe(collection="archive")
    assert (of_tags["tags"], of_collection["collection"]) == (["cell", "kursk"], "archive")
    for known in (tagged, half, member):
        desk.find(other, known)
    assert [(each["subscription_id"], each["known_id"]) for each in desk.told()] == [
        (of_tags["id"], tagged),
        (of_collection["id"], member),
    ]


def test_an_ident_concerns_only_who_asks_for_it(desk: Desk) -> None:
    subject, later, ident = (desk.item() for _ in range(3))
    with desk.parts.database.write() as session:
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, ident, SYSTEM)
    for each in (subject, later):
        desk.subscribe(media_id=each)
    of_ident = desk.subscribe(collection="idents")
    desk.find(subject, ident)
    desk.find(ident, later)
    assert [each["subscription_id"] for each in desk.told()] == [of_ident["id"]] * 2


def test_a_rejected_pair_and_one_that_waits_no_more_are_silent(desk: Desk) -> None:
    subject, rejected, late = desk.item(), desk.item(), desk.item()
    desk.find(rejected, subject)
    [match] = desk.client.get(f"/v1/media/{rejected}/matches").json()["items"]
    review = {"decision": "rejected", "note": "Another take."}
    assert desk.client.post(f"/v1/matches/{match['id']}/review", json=review).is_success
    made = desk.subscribe(media_id=subject)
    desk.find(rejected, subject)
    desk.find(subject, rejected)
    path = made["links"]["self"]
    paused = desk.client.patch(path, json={"active": False, "name": "paused"})
    assert (paused.json()["active"], paused.json()["name"]) == (False, "paused")
    desk.find(late, subject)
    assert desk.told() == []
    assert desk.client.patch(path, json={"active": True}).json()["active"]
    desk.find(late, subject)
    assert desk.pairs() == [(late, subject)]


def test_it_ends_with_its_item(desk: Desk) -> None:
    subject = desk.item()
    path = desk.subscribe(media_id=subject)["links"]["self"]
    parts = desk.parts
    shredder = shredding.Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, subject, PURGE, SYSTEM)
    left = desk.client.get(path).json()
    assert (left["active"], left["name"], left["media_id"]) == (False, "", subject)
    assert desk.client.patch(path, json={"active": True}).status_code == 409
    refused = desk.client.post("/v1/subscriptions", json={"name": "x", "media_id": subject})
    assert refused.status_code == 410


def test_each_has_an_owner_and_every_change_is_audited(
    desk: Desk, client_as: Callable[[Role], TestClient]
) -> None:
    subject = desk.item()
    verifier, editor = client_as(Role.VERIFIER), client_as(Role.EDITOR)
    body = {"name": "mine", "media_id": subject}
    assert client_as(Role.PRODUCER).post("/v1/subscriptions", json=body).status_code == 403
    made = verifier.post("/v1/subscriptions", json=body).json()
    path = made["links"]["self"]
    assert editor.patch(path, json={"name": "ours"}).status_code == 403
    assert editor.delete(path).status_code == 403
    assert editor.get("/v1/subscriptions", params={"mine": True}).json()["items"] == []
    assert [each["id"] for each in editor.get("/v1/subscriptions").json()["items"]] == [made["id"]]
    assert verifier.patch(path, json={"min_grade": "lead"}).json()["min_grade"] == "lead"
    desk.find(desk.item(), subject)
    assert desk.client.delete(path).status_code == 204
    assert verifier.get(path).status_code == 404
    entries = desk.client.get("/v1/audit", params={"limit": 200}).json()["items"]
    assert [each["action"] for each in entries if each["action"].startswith("subscription.")] in (
        ["subscription.created", "subscription.changed", "subscription.removed"],
        ["subscription.removed", "subscription.changed", "subscription.created"],
    )
    faults = desk.client.get("/v1/audit/verify").json()["faults"]
    # Items that a test wrote past the desk are found; what the desk did itself is vouched for.
    assert {fault["object"].partition("/")[0] for fault in faults} <= {"media", "receipt"}


@pytest.mark.parametrize(
    "wanted",
    [{}, {"media_id": "x", "tags": ["y"]}, {"tags": []}, {"collection": "nowhere"}],
)
def test_one_subject_that_there_is_has_to_be_named(desk: Desk, wanted: dict[str, Any]) -> None:
    answer = desk.client.post("/v1/subscriptions", json={"name": "x", **wanted})
    assert answer.status_code == 422


def test_of_a_flagged_item_the_name_is_withheld(desk: Desk) -> None:
    subject, other = desk.item(), desk.item()
    desk.subscribe(media_id=subject)
    flags = {"flags": ["pow"], "reviewed": True}
    assert desk.client.put(f"/v1/media/{subject}/sensitivity", json=flags).is_success
    desk.find(other, subject)
    [told] = desk.told()
    assert "subscription" not in told
    assert (told["known_id"], told["sensitivity"]) == (subject, ["pow"])
