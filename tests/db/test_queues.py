"""What workers ask every second or two costs little however large the archive is."""

from functools import partial

from app import db
from app.db import Database
from app.db.media_lists import MediaFilter
from app.db.verification_lists import RecordFilter
from tests.db.plans import plan_of


def test_whoever_waits_to_be_searched_is_looked_up_among_searches(database: Database) -> None:
    """No list of all items that are ready, or fingerprinted, is made for it."""
    if database.is_sqlite:
        for query in (
            lambda session: db.rechecks.oldest(session, "any"),
            lambda session: db.rechecks.passed_over(session, "any", db.now()),
            lambda session: db.rechecks.any_behind(session, {"any": 1}),
        ):
            plan = plan_of(database, query)
            assert [each for each in plan if each.startswith("LIST")] == []


def test_old_fingerprints_are_looked_for_without_reading_fingerprints(database: Database) -> None:
    if database.is_sqlite:
        plan = plan_of(database, lambda session: db.refingerprints.superseded(session, "any", 1))
        assert [each for each in plan if "COVERING" not in each] == []


def test_records_are_listed_without_a_list_of_all_items(database: Database) -> None:
    if database.is_sqlite:
        for wanted in (RecordFilter(MediaFilter()), RecordFilter(MediaFilter(), assignee="kim")):
            asked = partial(db.verification_lists.page, wanted=wanted, limit=50, cursor=None)
            plan = plan_of(database, asked)
            assert [each for each in plan if each.startswith("LIST")] == []
