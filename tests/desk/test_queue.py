from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app import db, services
from app.access import Role
from app.core.policy import Grade
from app.db import Database
from app.db.queue import QueueFilter
from app.desk.queue_views import PAGE_ROWS
from app.schemas.enums import CollectionKind, MediaState, ReviewDecision, VerificationStatus
from app.schemas.matches import ReviewRequest
from app.schemas.privacy_enums import PurgeAuthority
from app.schemas.purging import NewPurgeProposal
from app.schemas.queue import Need
from app.schemas.record_enums import AttentionReason, PublicationState
from app.services import collections, purge_proposals
from tests.records import actor_of, add_item, add_match, make_known, put_at

type BrowserOf = Callable[[Role], TestClient]

VERIFIER = actor_of(Role.VERIFIER)


def needs(database: Database, **asked: Any) -> list[tuple[str, Need | None]]:
    with database.read() as session:
        found = services.queue.read(session, QueueFilter(**asked), 50, 0)
    return [(row.title, row.need) for row in found.rows]


def attend(session: Session, media_id: str, reason: AttentionReason) -> None:
    services.attention.open(session, media_id, reason, {})


def test_what_is_most_urgent_comes_first(database: Database) -> None:
    with database.write() as session:
        known = add_item(session, title="known")
        archive = collections.create(
            session, "archive", "Archive", CollectionKind.ARCHIVE, actor_of(Role.ADMIN)
        )
        collections.add(session, archive, known, VERIFIER)
        items = {
            name: add_item(session, title=name)
            for name in ("new", "open", "match", "lead", "due", "conflict", "public", "damaged")
        }
        add_match(session, items["match"], known)
        add_match(session, items["lead"], known, Grade.LEAD, 0.2)
        put_at(session, items["open"], VerificationStatus.IN_REVIEW)
        put_at(session, items["conflict"], VerificationStatus.UNVERIFIED)
        put_at(session, items["public"], VerificationStatus.VERIFIED, PublicationState.PUBLISHED)
        put_at(session, items["damaged"], VerificationStatus.UNVERIFIED)
        put_at(session, items["due"], VerificationStatus.UNVERIFIED)
        services.verifications.take(session, items["conflict"]).has_conflict = True
        services.verifications.take(session, items["due"]).due_at = db.now() - timedelta(hours=1)
        attend(session, items["public"], AttentionReason.RETROACTIVE_MATCH)
        attend(session, items["damaged"], AttentionReason.FIXITY_FAILED)
    assert needs(database) == [
        ("public", Need.PUBLISHED_MATCH),
        ("damaged", Need.DAMAGED),
        ("conflict", Need.CONFLICT),
        ("due", Need.DUE),
        ("match", Need.MATCH),
        ("lead", Need.NEW),
        ("new", Need.NEW),
        ("open", Need.OPEN),
    ]


def test_a_pair_that_was_rejected_the_other_way_round_waits_for_nobody(database: Database) -> None:
    with database.write() as session:
        one, other = (add_item(session, title=name) for name in ("one", "other"))
        add_match(session, one, other)
        turned = add_match(session, other, one)
        request = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, turned, request, VERIFIER)
        put_at(session, one, VerificationStatus.UNVERIFIED)
    with database.read() as session:
        (row,) = services.queue.read(session, QueueFilter(), 50, 0).rows
        assert (row.title, row.need, row.match) == ("other", Need.NEW, None)
        (_, row) = services.queue.read(session, QueueFilter(everything=True), 50, 0).rows
        assert (row.title, row.match) == ("one", None)


def test_what_is_known_or_done_or_void_needs_nobody(database: Database) -> None:
    with database.write() as session:
        done, void, failed = (add_item(session, title=name) for name in ("done", "void", "failed"))
        put_at(session, done, VerificationStatus.VERIFIED)
        put_at(session, void, VerificationStatus.VOID)
        item = session.get_one(db.media.Media, failed)
        item.state, item.failure = MediaState.FAILED, {"code": "corrupt"}
    assert needs(database) == [("failed", Need.FAILED)]
    assert dict(needs(database, everything=True))["done"] is None
    assert needs(database, status=VerificationStatus.VOID, everything=True) == [("void", None)]


def test_a_proposed_purge_waits_for_its_decision_of_void_items_too(database: Database) -> None:
    wanted = NewPurgeProposal(authority=PurgeAuthority.DATA_SUBJECT, reason="Asked by the family")
    with database.write() as session:
        items = [add_item(session, title=name) for name in ("done", "void", "other")]
        for media_id, status in zip(
            items,
            (VerificationStatus.VERIFIED, VerificationStatus.VOID, VerificationStatus.VOID),
            strict=True,
        ):
            put_at(session, media_id, status)
        for media_id in items[:2]:
            record = services.verifications.take(session, media_id)
            purge_proposals.propose(session, record, wanted, VERIFIER)
    assert needs(database) == [("void", Need.PURGE), ("done", Need.PURGE)]
    with database.write() as session:
        for media_id in items[:2]:
            record = services.verifications.take(session, media_id)
            purge_proposals.refuse(session, record, VERIFIER)
    assert needs(database) == []


def test_a_reviewed_match_waits_no_more(database: Database) -> None:
    with database.write() as session:
        one, other = add_item(session, title="one"), add_item(session, title="other")
        put_at(session, one, VerificationStatus.UNVERIFIED)
        put_at(session, other, VerificationStatus.UNVERIFIED)
        match_id = add_match(session, one, other)
    assert needs(database) == [("one", Need.MATCH)]
    with database.write() as session:
        said = ReviewRequest(decision=ReviewDecision.CONFIRMED)
        services.matches.review(session, match_id, said, VERIFIER)
    assert needs(database) == []


def test_filters_narrow_the_queue(database: Database) -> None:
    with database.write() as session:
        mine = add_item(session, title="Kursk one")
        add_item(session, title="Kyiv two")
        put_at(session, mine, VerificationStatus.IN_REVIEW)
        services.verifications.take(session, mine).assignee = "vera"
    assert needs(database, owners=("vera",)) == [("Kursk one", Need.OPEN)]
    assert needs(database, nobodys=True) == [("Kyiv two", Need.NEW)]
    assert needs(database, words="kursk") == [("Kursk one", Need.OPEN)]
    with database.read() as session:
        sha256 = session.get_one(db.media.Media, mine).sha256
    for name in (mine, sha256, sha256.upper(), f"sha256:{sha256}", f"kursk {mine}"):
        assert needs(database, words=name) == [("Kursk one", Need.OPEN)]
    assert needs(database, words=f"kyiv {mine}") == []
    assert needs(database, needs=(Need.NEW,)) == [("Kyiv two", Need.NEW)]
    assert needs(database, status=VerificationStatus.IN_REVIEW) == [("Kursk one", Need.OPEN)]
    assert needs(database, collection="archive") == []


def test_the_page_says_why_in_one_line(database: Database, browser_of: BrowserOf) -> None:
    with database.write() as session:
        one, march = add_item(session, title="Viral <b>"), add_item(session, title="March")
        put_at(session, march, VerificationStatus.VERIFIED)
        add_match(session, one, march)
    page = browser_of(Role.VERIFIER).get("/desk/").text
    assert "Viral &lt;b&gt;" in page
    assert "Viral <b>" not in page
    assert "Certain match: an excerpt of another upload: “March”" in page
    assert "1 item" in page
    with database.write() as session:
        make_known(session, march)
    page = browser_of(Role.EDITOR).get("/desk/").text
    assert "Certain match: an excerpt of the known item: “March”" in page


def test_at_one_grade_known_material_is_named_before_uploads(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        query = add_item(session, title="query")
        items = {name: add_item(session, title=name) for name in ("known", "upload", "unsure")}
        for name in ("known", "unsure"):
            make_known(session, items[name])
        add_match(session, query, items["known"], Grade.CERTAIN, 0.93)
        add_match(session, query, items["upload"], Grade.CERTAIN, 0.99)
        add_match(session, query, items["unsure"], Grade.PROBABLE, 0.8)
    page = browser_of(Role.VERIFIER).get("/desk/").text
    assert "3 matches; Certain: an excerpt of the known item: “known”" in page


def test_a_view_is_saved_for_its_person_alone(browser_of: BrowserOf) -> None:
    verifier, editor = browser_of(Role.VERIFIER), browser_of(Role.EDITOR)
    query = "status=in_review&owner=me"
    saved = verifier.post("/desk/views", data={"name": "My open <cases>", "query": query})
    assert saved.headers["location"] == f"/desk/?{query}"
    page = verifier.get("/desk/").text
    assert "My open &lt;cases&gt;" in page
    assert "My open" not in editor.get("/desk/").text
    view_id = page.partition("/desk/views/")[2].partition("/")[0]
    assert editor.post(f"/desk/views/{view_id}/forget").status_code == 404
    assert verifier.post(f"/desk/views/{view_id}/forget").status_code == 303
    assert "My open" not in verifier.get("/desk/").text


def test_a_saved_view_leads_nowhere_else(browser_of: BrowserOf) -> None:
    answer = browser_of(Role.VERIFIER).post(
        "/desk/views", data={"name": "x", "query": "q=a\r\nSet-Cookie: x=1&//evil.example"}
    )
    assert answer.headers["location"].startswith("/desk/?q=a")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("query", ["need=nothing", "status=what&owner=", "page=3", "q=%25%27"])
def test_odd_filters_are_no_error(browser_of: BrowserOf, query: str) -> None:
    assert browser_of(Role.VIEWER).get(f"/desk/?{query}").status_code == 200


def test_behind_the_last_page_is_the_last_page(database: Database, browser_of: BrowserOf) -> None:
    with database.write() as session:
        for number in range(PAGE_ROWS):
            add_item(session, title=f"item {number}")
    viewer = browser_of(Role.VIEWER)
    answer = viewer.get("/desk/?status=unreviewed&page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/?status=unreviewed")
    refreshed = viewer.get("/desk/?page=2", headers={"HX-Request": "true"})
    assert refreshed.status_code == 200
    assert refreshed.text.count('class="title"') == PAGE_ROWS
