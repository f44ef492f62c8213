from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.core.policy import Grade
from app.db import Database
from tests.records import add_item, add_match, make_known

ClientAs = Callable[[Role], TestClient]


def test_a_match_shows_seconds_transforms_evidence_and_the_known_side(
    database: Database, client: TestClient
) -> None:
    with database.write() as session:
        known = add_item(session, title="Press tour", source_name="SBU")
        query = add_item(session)
        match = add_match(session, query, known)
        session.add(db.searches.MatchSearch(media_id=query, known_items=197, as_of_seq=4711))
    answer = client.get(f"/v1/media/{query}/matches").json()
    assert answer["searched"]["known_items"] == 197
    assert answer["searched"]["as_of_seq"] == 4711
    assert answer["next"] is None
    [item] = answer["items"]
    assert item["id"] == match
    assert (item["query_media_id"], item["known_media_id"]) == (query, known)
    assert (item["relation"], item["grade"], item["confidence"]) == ("excerpt", "certain", 0.9)
    assert item["coverage"] == {"query": 1.0, "known": 0.31}
    assert item["segments"][0]["known"] == {"start_ms": 20_100, "end_ms": 26_100}
    assert item["segments"][0]["transforms"] == [
        {"kind": "mirror"},
        {"kind": "crop", "box": [0.1, 0.3, 0.6, 0.6]},
    ]
    assert item["evidence"][0]["links"] == {
        "query": f"/v1/media/{query}/stills/at/1000",
        "known": f"/v1/media/{known}/stills/at/21100",
        "query_drawn": f"/v1/matches/{match}/evidence/0/query",
        "known_drawn": f"/v1/matches/{match}/evidence/0/known",
    }
    assert item["links"]["sheet"] == f"/v1/matches/{match}/sheet"
    shown = item["known"]
    assert (shown["title"], shown["source_name"]) == ("Press tour", "SBU")
    assert (shown["collections"], shown["verification_status"]) == ([], "unreviewed")
    assert shown["earliest_evidenced_at"].endswith("Z")
    assert item["review"]["decision"] is None
    assert item["engine"] == {"algorithm": "test/1", "version": "1"}
    assert client.get(f"/v1/matches/{match}").json() == item


def test_not_searched_yet_is_not_searched_in_vain(database: Database, client: TestClient) -> None:
    with database.write() as session:
        item = add_item(session)
    answer = client.get(f"/v1/media/{item}/matches").json()
    assert answer == {"items": [], "next": None, "searched": None, "explained": None}
    assert client.get("/v1/media/unknown/matches").status_code == 404


def test_matches_come_by_grade_and_confidence_page_by_page(
    database: Database, client: TestClient
) -> None:
    wanted = [
        (Grade.CERTAIN, 0.99),
        (Grade.CERTAIN, 0.9),
        (Grade.PROBABLE, 0.95),
        (Grade.LEAD, 0.97),
        (Grade.LEAD, 0.2),
    ]
    with database.write() as session:
        query = add_item(session)
        for grade, confidence in sorted(wanted, key=lambda each: each[1]):
            add_match(session, query, add_item(session), grade, confidence)
    found: list[tuple[str, float]] = []
    address = f"/v1/media/{query}/matches"
    cursor: dict[str, str] = {}
    while True:
        page = client.get(address, params={"limit": 2, **cursor}).json()
        found += [(item["grade"], item["confidence"]) for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == wanted
    some = client.get(address, params={"grade": ["certain", "probable"]}).json()["items"]
    assert [item["grade"] for item in some] == ["certain", "certain", "probable"]
    assert client.get(address, params={"grade": "sure"}).status_code == 422


def test_every_page_says_how_much_all_matches_explain(
    database: Database, client: TestClient
) -> None:
    with database.write() as session:
        query = add_item(session)
        for _ in range(3):
            add_match(session, query, make_known(session, add_item(session)))
        item = db.media.find(session, query)
        assert item is not None
        item.duration_ms = 12_000
    address = f"/v1/media/{query}/matches"
    assert client.get(address).json()["explained"] is None, "a first look explains nothing yet"
    with database.write() as session:
        searched = db.searches.MatchSearch(media_id=query, known_items=3, as_of_seq=3)
        db.searches.record(session, searched)
    page = client.get(address, params={"limit": 1}).json()
    assert len(page["items"]) == 1
    assert page["explained"] == {"share": 0.5, "spans": [{"start_ms": 0, "end_ms": 6_000}]}
    assert page["items"][0]["query"]["duration_ms"] == 12_000


def test_a_known_item_lists_the_uploads_it_was_found_in(
    database: Database, client: TestClient
) -> None:
    with database.write() as session:
        known, query = add_item(session), add_item(session, title="viral")
        match = add_match(session, query, known)
    assert client.get(f"/v1/media/{known}/matches").json()["items"] == []
    [item] = client.get(f"/v1/media/{known}/matches?side=known").json()["items"]
    assert (item["id"], item["query"]["title"]) == (match, "viral")


def test_matches_with_known_material_and_with_other_uploads_are_listed_apart(
    database: Database, client: TestClient
) -> None:
    with database.write() as session:
        query = add_item(session)
        known, other = make_known(session, add_item(session)), add_item(session)
        for each in (known, other):
            add_match(session, query, each)
    for against, media_id in (("known", known), ("upload", other)):
        address = f"/v1/media/{query}/matches?against={against}"
        [item] = client.get(address).json()["items"]
        assert (item["known_media_id"], item["against"]) == (media_id, against)


def test_a_person_reviews_a_match_once_per_key(database: Database, client_as: ClientAs) -> None:
    with database.write() as session:
        query = add_item(session)
        match = add_match(session, query, add_item(session))
    verifier = client_as(Role.VERIFIER)
    address = f"/v1/matches/{match}/review"
    body = {"decision": "related", "note": "same room, other shoot"}
    answers = [
        verifier.post(address, json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["review"]["decision"] == "related"
    assert verifier.get(f"/v1/media/{query}/verification").json()["version"] == 2
    assert verifier.post("/v1/matches/unknown/review", json=body).status_code == 404
    assert verifier.post(address, json={"decision": "perhaps"}).status_code == 422
    for role in (Role.PRODUCER, Role.SERVICE, Role.VIEWER):
        assert client_as(role).post(address, json=body).status_code == 403


def test_a_slip_is_taken_back_once_per_key(database: Database, client_as: ClientAs) -> None:
    with database.write() as session:
        match = add_match(session, add_item(session), add_item(session))
    verifier, address = client_as(Role.VERIFIER), f"/v1/matches/{match}/review"
    for decision in ("confirmed", "rejected"):
        assert verifier.post(address, json={"decision": decision}).status_code == 200
    for _ in range(2):
        answer = verifier.delete(address, headers={"Idempotency-Key": "once"})
        assert (answer.status_code, answer.json()["review"]["decision"]) == (200, "confirmed")
    assert client_as(Role.EDITOR).delete(address).status_code == 403
    assert verifier.delete(address).json()["review"]["decision"] is None
    assert verifier.delete(address).status_code == 409


def test_a_side_is_from_where_it_first_said_and_its_arrivals_are_not_all_read(
    database: Database, client: TestClient
) -> None:
    read: list[object] = []

    def count(loaded: object, _: object) -> None:
        read.append(loaded)

    with database.write() as session:
        known, query = add_item(session), add_item(session)
        add_match(session, query, known)
        for number, name in enumerate(("SBU", "a channel", None, "another"), 1):
            came = {"received_at": db.now() + timedelta(hours=number), "source_name": name}
            session.add(db.media.Receipt(media_id=known, received_by="x", filename="a.mp4", **came))
    sa.event.listen(db.media.Receipt, "load", count)
    try:
        [item] = client.get(f"/v1/media/{query}/matches").json()["items"]
    finally:
        sa.event.remove(db.media.Receipt, "load", count)
    assert (item["known"]["source_name"], item["query"]["source_name"]) == ("SBU", None)
    assert len(read) == 2, "the first arrivals of both, which date them"
