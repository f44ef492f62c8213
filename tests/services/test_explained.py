from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import db, services
from app.access import SYSTEM, Role
from app.core.media import MediaKind
from app.core.policy import Grade
from app.db import Database
from app.schemas.enums import CollectionKind, ReviewDecision
from app.schemas.matches import Explained, ReviewRequest
from app.services import collections, explained
from tests.records import actor_of, add_item, found_match, make_known


def _shared(
    session: Session, query: str, *spans: tuple[int, int], grade: Grade = Grade.CERTAIN
) -> str:
    """A match of a query with a new known item; gives the id of the match."""
    match = found_match(query, make_known(session, add_item(session)), grade)
    segment: dict[str, Any] = match.segments[0]
    match.segments = [
        {**segment, "query": {"start_ms": start, "end_ms": end}} for start, end in spans
    ]
    session.add(match)
    session.flush()
    return match.id


def test_what_an_upload_explains_is_not_known_material(database: Database) -> None:
    with database.write() as session:
        query, earlier = add_item(session), add_item(session)
        session.add(found_match(query, earlier))
        session.flush()
        assert _explained(session, query).share == 0.0
        make_known(session, earlier)
        assert _explained(session, query).share == pytest.approx(0.6)


def _explained(
    session: Session, query: str, kind: MediaKind = MediaKind.VIDEO, duration_ms: int = 10_000
) -> Explained:
    item = db.media.find(session, query)
    assert item is not None
    item.kind, item.duration_ms = kind, duration_ms
    return explained.of_item(session, item)


def test_what_several_matches_explain_is_counted_once(database: Database) -> None:
    with database.write() as session:
        query = add_item(session)
        _shared(session, query, (0, 2_000), (6_000, 7_000))
        _shared(session, query, (1_500, 3_000), grade=Grade.PROBABLE)
        found = _explained(session, query)
    assert found.share == pytest.approx(0.4)
    assert [(span.start_ms, span.end_ms) for span in found.spans] == [(0, 3_000), (6_000, 7_000)]


def test_leads_and_rejected_pairs_explain_nothing(database: Database) -> None:
    with database.write() as session:
        query = add_item(session)
        _shared(session, query, (0, 4_000), grade=Grade.LEAD)
        rejected = _shared(session, query, (4_000, 8_000))
        _shared(session, query, (9_000, 10_000))
        request = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, rejected, request, actor_of(Role.VERIFIER))
        assert _explained(session, query).share == pytest.approx(0.1)


def test_common_material_explains_nothing(database: Database) -> None:
    with database.write() as session:
        query, ident = add_item(session), add_item(session)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, ident, SYSTEM)
        session.add(found_match(query, ident))
        session.flush()
        assert _explained(session, query).share == 0.0


def test_a_still_is_explained_in_full_or_not_at_all(database: Database) -> None:
    with database.write() as session:
        query = add_item(session)
        assert _explained(session, query, MediaKind.STILL, 0).share == 0.0
        _shared(session, query, (0, 0))
        assert _explained(session, query, MediaKind.STILL, 0).share == 1.0


def test_what_is_known_of_a_known_item_does_not_explain_it(database: Database) -> None:
    with database.write() as session:
        known = add_item(session)
        session.add(found_match(add_item(session), make_known(session, known)))
        session.flush()
        assert _explained(session, known).model_dump() == {"share": 0.0, "spans": []}
