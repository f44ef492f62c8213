from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.db.verifications import HistoryEntry
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.enums import EventType, ReviewDecision
from app.schemas.matches import MatchItem, ReviewRequest
from app.services import verifying
from tests.records import actor_of, add_item, add_match


def decide(database: Database, match: str, who: str, decision: ReviewDecision) -> None:
    request = ReviewRequest(decision=decision, note="seen frame by frame")
    with database.write() as session:
        services.matches.review(session, match, request, actor_of(Role.VERIFIER, who))


def take_back(database: Database, match: str, who: str) -> MatchItem:
    with database.write() as session:
        return services.reviews.take_back(session, match, actor_of(Role.VERIFIER, who))


@pytest.fixture
def match(database: Database) -> str:
    with database.write() as session:
        return add_match(session, add_item(session), add_item(session))


def test_what_stood_before_a_slip_stands_again(database: Database, match: str) -> None:
    decide(database, match, "ann", ReviewDecision.CONFIRMED)
    with database.read() as session:
        before = services.matches.read(session, match).review
    decide(database, match, "bob", ReviewDecision.REJECTED)
    decide(database, match, "bob", ReviewDecision.RELATED)
    assert take_back(database, match, "bob").review.decision is ReviewDecision.REJECTED
    after = take_back(database, match, "bob").review
    assert (after.decision, after.by) == (ReviewDecision.CONFIRMED, "ann")
    assert before.at is not None
    assert after.at is not None
    assert abs(after.at - before.at) < timedelta(seconds=1)


def test_a_first_decision_taken_back_leaves_none(
    parts: Parts, database: Database, match: str
) -> None:
    decide(database, match, "ann", ReviewDecision.REJECTED)
    answer = take_back(database, match, "ann")
    assert (answer.review.decision, answer.review.by, answer.review.at) == (None, None, None)
    with database.read() as session:
        entries = services.history.read(
            session, answer.query_media_id, actor_of(Role.VERIFIER), 10, None
        ).items
        events = db.events.after(session, 0, 10, EventType.MATCH_REVIEWED, None)
        assert db.matches.rejected_with(session, answer.query_media_id) == set()
    assert [entry.details.get("taken_back") for entry in entries] == [None, None, True]
    assert [entry.note for entry in entries[1:]] == ["seen frame by frame", None]
    assert [event.data["decision"] for event in events] == ["rejected", None]
    with pytest.raises(Conflict, match="nothing to take back"):
        take_back(database, match, "ann")
    faults = verifying.verify(parts.database, parts.trusted).faults
    assert [fault for fault in faults if not fault.object.startswith(("media/", "receipt/"))] == []


def test_only_its_author_takes_a_decision_back_and_only_at_once(
    database: Database, match: str
) -> None:
    decide(database, match, "ann", ReviewDecision.CONFIRMED)
    with pytest.raises(Forbidden, match="decision of ann"):
        take_back(database, match, "bob")
    with database.write() as session:
        earlier = db.now() - services.reviews.TAKEN_BACK_WITHIN - timedelta(seconds=1)
        session.execute(sa.update(HistoryEntry).values(at=earlier))
    with pytest.raises(Conflict, match="within 10 minutes"):
        take_back(database, match, "ann")
    with pytest.raises(NotFound):
        take_back(database, "unknown", "ann")
