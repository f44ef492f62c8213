"""What readers of records are shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app import db, services
from app.access import SYSTEM, Role
from app.core.policy import Grade
from app.db import Database
from app.schemas.enums import HistoryAction, VerificationStatus
from tests.records import PURGE, actor_of, add_item, add_match, claim, find_out, hear, put_at

EVERYTHING = db.verification_lists.RecordFilter(db.media_lists.MediaFilter())


@contextmanager
def queries(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.write() as session:
        first, second = add_item(session), add_item(session)
    with database.read() as reading:
        assert services.verifications.find(reading, first)
        with database.write() as session:
            services.purging.order(session, second, PURGE, SYSTEM)
        page = services.records.listed(reading, EVERYTHING, 10, None)
    assert {record.media_id for record in page.items} == {first, second}


def test_a_page_of_records_takes_the_same_few_queries_however_long_it_is(
    database: Database,
) -> None:
    with database.write() as session:
        for _ in range(20):
            add_item(session)
    with queries(database) as asked, database.read() as session:
        page = services.records.listed(session, EVERYTHING, 20, None)
    assert len(page.items) == 20
    assert len(asked) <= 4


def _busy_record(database: Database, times: int) -> str:
    """A record with so many notes, findings, claims, sources and matches."""
    with database.write() as session:
        item = add_item(session)
        put_at(session, item, VerificationStatus.IN_REVIEW)
        actor = actor_of(Role.VERIFIER)
        for number in range(times):
            record = services.verifications.take(session, item)
            note = services.notes.write(session, item, f"note {number}", actor)
            details = {"note_id": note.id}
            services.verifications.change(session, record, actor, HistoryAction.NOTE_ADDED, details)
            find_out(session, item, "date", "unclear")
            hear(session, item, claim(session, item, f"claim {number}"))
            other = add_item(session)
            put_at(session, other, VerificationStatus.UNVERIFIED)
            add_match(session, item, other, Grade.CERTAIN)
    return item


@pytest.mark.parametrize(
    "read",
    [
        lambda session, item, who: services.records.read(session, item, who),
        lambda session, item, who: services.history.read(session, item, who, 200, None),
        lambda session, item, who: services.notes.read(session, item, who, 200, None),
        lambda session, item, who: services.findings.read(session, item, None, 200, None),
        lambda session, item, who: services.claims.read(session, item, 200, None),
        lambda session, item, who: services.corroborations.read(session, item, who, 200, None),
    ],
    ids=["record", "history", "notes", "findings", "claims", "corroborations"],
)
def test_a_long_record_is_read_with_as_many_queries_as_a_short_one(
    database: Database, read: Callable[..., object]
) -> None:
    counts = []
    for times in (2, 20):
        item = _busy_record(database, times)
        with queries(database) as asked, database.read() as session:
            read(session, item, actor_of(Role.VIEWER))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16
