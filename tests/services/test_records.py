"""What readers of records are shown."""

import sqlalchemy as sa

from app import db, services
from app.access import SYSTEM
from app.db import Database
from tests.records import PURGE, add_item

EVERYTHING = db.verification_lists.RecordFilter(db.media_lists.MediaFilter())


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
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as session:
            page = services.records.listed(session, EVERYTHING, 20, None)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    assert len(page.items) == 20
    assert len(asked) <= 3
