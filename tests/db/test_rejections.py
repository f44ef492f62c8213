import pytest

from app import db
from app.access import Role
from app.db import Database
from app.schemas.enums import ReviewDecision
from app.schemas.matches import ReviewRequest
from app.services import matches
from tests.records import actor_of, add_item, found_match


@pytest.mark.parametrize("turned", [False, True])
def test_a_pair_that_was_rejected_waits_for_nobody_and_proves_nothing(
    database: Database, *, turned: bool
) -> None:
    with database.write() as session:
        item, other = add_item(session), add_item(session)
        mine, theirs = found_match(item, other), found_match(other, item)
        session.add_all([mine, theirs])
        session.flush()
        assert db.rejections.count_unreviewed_alerts(session, item) == 1
        assert db.rejections.ids_among(session, item, [mine.id, theirs.id]) == {mine.id, theirs.id}
        request = ReviewRequest(decision=ReviewDecision.REJECTED)
        judged = theirs.id if turned else mine.id
        matches.review(session, judged, request, actor_of(Role.VERIFIER))
        session.flush()
        assert db.rejections.count_unreviewed_alerts(session, item) == 0
        assert db.rejections.ids_among(session, item, [mine.id, theirs.id]) == set()
