"""What readers of records are shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

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


def test_a_long_record_is_read_with_as_many_queries_as_a_short_one(database: Database) -> None:
    counts: list[list[int]] = []
    for times in (2, 12):
        item, who = _busy_record(database, times), actor_of(Role.VIEWER)
        readings: list[Callable[[Session], object]] = [
            partial(services.records.read, media_id=item, actor=who),
            partial(services.history.read, media_id=item, actor=who, limit=200, cursor=None),
            partial(services.notes.read, media_id=item, actor=who, limit=200, cursor=None),
            partial(services.findings.read, media_id=item, pillar=None, limit=200, cursor=None),
            partial(services.claims.read, media_id=item, limit=200, cursor=None),
            partial(services.corroborations.read, media_id=item, actor=who, limit=200, cursor=None),
        ]
        counts.append([])
        for read in readings:
            with queries(database) as asked, database.read() as session:
                read(session)
            counts[-1].append(len(asked))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16
