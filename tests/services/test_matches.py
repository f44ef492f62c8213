import threading
from dataclasses import dataclass

import pytest

from app import db, services
from app.access import Role
from app.core.policy import Grade
from app.db import Database
from app.errors import Forbidden, NotFound
from app.schemas.enums import EventType, ReviewDecision
from app.schemas.matches import ReviewRequest
from tests.meanwhile import meanwhile, take_turn
from tests.records import actor_of, add_item, add_match, found_match


@dataclass(frozen=True)
class _Span:
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class _Transform:
    kind: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class _Segment:
    query: _Span
    known: _Span
    modality: str
    speed: float
    score: float
    transforms: tuple[_Transform, ...]


@dataclass(frozen=True)
class _Evidence:
    query_ms: int
    known_ms: int
    similarity: float
    inliers: int | None
    placement: tuple[float, ...] | None = None
    mirrored: bool = False


@dataclass(frozen=True)
class _Found:
    segments: tuple[_Segment, ...]
    evidence: tuple[_Evidence, ...]


def test_what_the_core_found_is_stored_in_the_shapes_that_readers_get() -> None:
    transforms = (_Transform("mirror"), _Transform("crop", (0.1, 0.3, 0.6, 0.6)))
    segment = _Segment(_Span(0, 6000), _Span(20_100, 26_100), "visual", 1.0, 0.8, transforms)
    placement = (0.6, 0.0, 0.2, 0.0, 0.6, 0.2)
    evidence = _Evidence(1000, 21_100, 0.81, 143, placement, mirrored=True)
    stored = services.matches.to_stored(_Found((segment,), (evidence,)))
    assert stored.segments == [
        {
            "query": {"start_ms": 0, "end_ms": 6000},
            "known": {"start_ms": 20_100, "end_ms": 26_100},
            "modality": "visual",
            "speed": 1.0,
            "score": 0.8,
            "transforms": [{"kind": "mirror"}, {"kind": "crop", "box": [0.1, 0.3, 0.6, 0.6]}],
        }
    ]
    assert stored.evidence == [
        {
            "query_ms": 1000,
            "known_ms": 21_100,
            "similarity": 0.81,
            "inliers": 143,
            "placement": list(placement),
            "mirrored": True,
        }
    ]


def _reject(database: Database, match: str, who: str = "kim") -> None:
    request = ReviewRequest(decision=ReviewDecision.REJECTED, note="another room")
    with database.write() as session:
        services.matches.review(session, match, request, actor_of(Role.VERIFIER, who))


def test_a_rejected_pair_is_known_from_either_side(database: Database) -> None:
    with database.write() as session:
        query, known, other = (add_item(session) for _ in range(3))
        match = add_match(session, query, known)
        add_match(session, query, other)
    _reject(database, match)
    with database.read() as session:
        assert db.matches.rejected_with(session, query) == {known}
        assert db.matches.rejected_with(session, known) == {query}
        assert db.matches.rejected_with(session, other) == set()


def test_a_rejected_pair_is_never_worth_an_alert_again(database: Database) -> None:
    with database.write() as session:
        query, known = add_item(session), add_item(session)
        first = db.matches.record(session, found_match(query, known))
        assert first is not None
        match = first.id
    _reject(database, match)
    with database.write() as session:
        assert db.matches.record(session, found_match(query, known, confidence=1.0)) is None
        assert db.matches.record(session, found_match(known, query)) is None
        assert db.matches.record(session, found_match(known, query)) is None
    with database.read() as session:
        kept = db.matches.find(session, match)
        assert kept is not None
        assert (kept.confidence, kept.decision) == (0.9, ReviewDecision.REJECTED)


def test_a_review_is_in_the_history_of_the_query_and_an_event(database: Database) -> None:
    with database.write() as session:
        query, known = add_item(session), add_item(session)
        match = add_match(session, query, known)
    _reject(database, match)
    with database.read() as session:
        entry = services.history.read(session, query, actor_of(Role.VERIFIER), 10, None).items[-1]
        assert (
            len(services.history.read(session, known, actor_of(Role.VERIFIER), 10, None).items) == 1
        )
        events = db.events.after(session, 0, 10, EventType.MATCH_REVIEWED, None)
    assert (entry.action, entry.version, entry.note) == ("match_reviewed", 2, "another room")
    assert entry.details["match_id"] == match
    assert entry.details["decision"] == "rejected"
    assert [event.media_id for event in events] == [query]
    assert events[0].data["decision"] == "rejected"
    assert "another room" not in str(events[0].data)


def test_reviews_at_once_leave_a_history_that_tells_both(database: Database) -> None:
    with database.write() as session:
        query = add_item(session)
        match = add_match(session, query, add_item(session))
    reviewers = [threading.Thread(target=_reject, args=(database, match, n)) for n in ("a", "b")]
    for reviewer in reviewers:
        reviewer.start()
    for reviewer in reviewers:
        reviewer.join()
    with database.read() as session:
        entries = services.history.read(session, query, actor_of(Role.VERIFIER), 10, None).items[1:]
    assert [entry.details["previous"] for entry in entries] == [None, "rejected"]


def test_machines_judge_no_match(database: Database) -> None:
    with database.write() as session:
        match = add_match(session, add_item(session), add_item(session), Grade.LEAD)
    request = ReviewRequest(decision=ReviewDecision.CONFIRMED)
    with database.write() as session, pytest.raises(Forbidden):
        services.matches.review(session, match, request, actor_of(Role.SERVICE))


def test_a_match_that_ends_before_its_review_is_not_found(database: Database) -> None:
    with database.write() as session:
        query, known = add_item(session), add_item(session)
        match_id = add_match(session, query, known)

    def review() -> None:
        request = ReviewRequest(decision=ReviewDecision.CONFIRMED)
        with database.write() as session:
            services.matches.review(session, match_id, request, actor_of(Role.VERIFIER))

    with database.write() as session:
        take_turn(session)
        reviewing = meanwhile(review)
        db.matches.forget_query(session, query)
    with pytest.raises(NotFound):
        reviewing.result(20)
