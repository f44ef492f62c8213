import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import db, services
from app.access import Role
from app.db import Database
from app.errors import Conflict, Forbidden
from app.schemas.enums import ReviewDecision
from app.schemas.matches import ReviewRequest
from app.schemas.privacy_enums import SensitivityFlag
from app.services import reviews_taken_back
from tests.records import actor_of, add_item, add_match

type BrowserOf = Callable[[Role], TestClient]

VERA = actor_of(Role.VERIFIER, "vera")


def pair(database: Database, *flags: SensitivityFlag) -> tuple[str, str]:
    """A query and its match."""
    with database.write() as session:
        query, known = add_item(session, title="Viral"), add_item(session, title="March")
        if flags:
            record = services.verifications.take(session, known)
            services.sensitivity.add(session, record, flags, VERA)
        return query, add_match(session, query, known)


def data(page: str) -> dict[str, Any]:
    found = re.search(r'data-match="([^"]*)"', page)
    assert found
    read: dict[str, Any] = json.loads(html.unescape(found[1]))
    return read


def test_the_players_are_told_the_aligned_times(database: Database, browser_of: BrowserOf) -> None:
    query, match_id = pair(database)
    page = browser_of(Role.VIEWER).get(f"/desk/matches/{match_id}").text
    told = data(page)
    with database.read() as session:
        segment = services.matches.read(session, match_id).segments[0]
    assert told["query"]["id"] == query
    assert told["segments"][0]["query"] == [segment.query.start_ms, segment.query.end_ms]
    assert told["segments"][0]["known"] == [segment.known.start_ms, segment.known.end_ms]
    assert 'data-clear="yes"' in page


def test_a_review_is_said_and_taken_back(database: Database, browser_of: BrowserOf) -> None:
    query, match_id = pair(database)
    verifier = browser_of(Role.VERIFIER)
    address = f"/desk/matches/{match_id}"
    assert verifier.post(f"{address}/review", data={"decision": "rejected"}).status_code == 303
    assert "Rejected" in verifier.get(address).text
    assert verifier.post(f"{address}/review", data={"decision": ""}).status_code == 303
    assert "Nobody has judged this match yet." in verifier.get(address).text
    with database.read() as session:
        history = db.verifications.history_page(session, query, 50, None).items
    decisions = [each.details.get("decision") for each in history][-2:]
    assert decisions == ["rejected", None]


def test_a_wrong_decision_is_refused_in_place(database: Database, browser_of: BrowserOf) -> None:
    _, match_id = pair(database)
    answer = browser_of(Role.VERIFIER).post(
        f"/desk/matches/{match_id}/review", data={"decision": "perhaps"}
    )
    assert answer.status_code == 422
    assert 'id="refusal"' in answer.text


def test_only_its_author_takes_a_review_back(database: Database) -> None:
    _, match_id = pair(database)
    with database.write() as session, pytest.raises(Conflict):
        reviews_taken_back.take_back(session, match_id, VERA)
    with database.write() as session:
        said = ReviewRequest(decision=ReviewDecision.CONFIRMED)
        services.matches.review(session, match_id, said, VERA)
    with database.write() as session, pytest.raises(Forbidden):
        reviews_taken_back.take_back(session, match_id, actor_of(Role.EDITOR, "ed"))


def test_viewers_may_not_review(database: Database, browser_of: BrowserOf) -> None:
    _, match_id = pair(database)
    viewer = browser_of(Role.VIEWER)
    assert "review-form" not in viewer.get(f"/desk/matches/{match_id}").text
    sent = viewer.post(f"/desk/matches/{match_id}/review", data={"decision": "confirmed"})
    assert sent.status_code == 403


def test_what_takes_care_is_not_played_until_asked_for(
    database: Database, browser_of: BrowserOf
) -> None:
    _, match_id = pair(database, SensitivityFlag.POW)
    verifier = browser_of(Role.VERIFIER)
    page = verifier.get(f"/desk/matches/{match_id}").text
    assert 'data-clear="no"' in page
    assert 'data-stage="query"' not in page
    assert 'data-clear="yes"' in verifier.post(f"/desk/matches/{match_id}/clear").text
    assert (
        'data-clear="no"' in browser_of(Role.PRODUCER).post(f"/desk/matches/{match_id}/clear").text
    )
