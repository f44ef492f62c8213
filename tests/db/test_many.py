"""Lists longer than a database takes in one statement, or keeps in memory for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.bootstrap import Parts
from app.db import Database, Table
from app.db.audit import AuditEntry, AuditPayload
from app.db.collections import CollectionMember
from app.db.media import Media
from app.db.queue import QueueFilter
from app.db.verifications import Verification
from app.schemas.enums import CollectionKind, VerificationStatus
from app.schemas.queue import Need
from app.services import collections, item_hashes, queue
from tests.listing import add_hashed, hold_files
from tests.records import add_item, make_known
from tests.uploads import store_fingerprint

MANY = 300_000
MORE_THAN_FITS = 20_000


@contextmanager
def with_little_memory(database: Database) -> Iterator[Session]:
    """A session in which PostgreSQL keeps little, as it does of lists ten times as long by default."""
    with database.read() as session:
        if database.is_sqlite:
            pytest.skip("SQLite keeps what it needs")
        for setting in ("work_mem = '64kB'", "statement_timeout = '5s'"):
            session.execute(sa.text(f"SET LOCAL {setting}"))
        yield session


def multiply(session: Session, model: type[Table], **changed: Any) -> None:
    """Add rows like the first one, each with the values that are made of its number."""
    table = Table.metadata.tables[model.__tablename__]
    like = dict(session.execute(sa.select(table).limit(1)).mappings().one())
    numbers = range(1, MORE_THAN_FITS)
    made = [like | {name: make(each) for name, make in changed.items()} for each in numbers]
    session.execute(sa.insert(table), made)


def test_a_queue_beside_a_long_archive_is_read_at_once(database: Database) -> None:
    with database.write() as session:
        make_known(session, add_item(session))
        multiply(session, Media, id=str, sha256=str)
        multiply(session, Verification, media_id=str)
        multiply(session, CollectionMember, media_id=str)
        add_item(session, title="New")
    with with_little_memory(database) as session:
        assert [row.title for row in queue.read(session, QueueFilter(), 50, 0).rows] == ["New"]


def test_a_queue_of_everything_is_read_at_once_where_much_is_new(database: Database) -> None:
    with database.write() as session:
        add_item(session, title="Last")
        multiply(session, Media, id=str, sha256=str)
        multiply(session, Verification, media_id=str)
        session.execute(sa.text("ANALYZE"))
    with with_little_memory(database) as session:
        everything = queue.read(session, QueueFilter(everything=True), 50, 0)
    assert everything.total == MORE_THAN_FITS
    assert {row.need for row in everything.rows} == {Need.NEW}


def test_items_that_are_not_at_a_status_are_listed_at_once(database: Database) -> None:
    with database.write() as session:
        add_item(session, title="Last")
        multiply(session, Media, id=str, sha256=str, title=lambda _: None)
        multiply(session, Verification, media_id=str, status=lambda _: VerificationStatus.VOID)
        session.execute(sa.text("ANALYZE"))
    wanted = db.media_lists.MediaFilter(not_status=VerificationStatus.VOID)
    with with_little_memory(database) as session:
        assert [item.title for item in db.media_lists.page(session, wanted, 50, None).items] == [
            "Last"
        ]


def test_payloads_of_a_long_chain_are_looked_through_at_once(database: Database) -> None:
    with database.write() as session:
        add_item(session)
        multiply(session, AuditEntry, seq=_later, hash=str, prev_hash=lambda each: f"before {each}")
        multiply(session, AuditPayload, seq=_later)
    with with_little_memory(database) as session:
        assert db.audit_reading.stray_payloads(session) == []


def _later(number: int) -> int:
    return 1000 + number


@pytest.mark.long
def test_a_search_may_hit_any_number_of_items(database: Database) -> None:
    with database.write() as session:
        item = add_item(session)
        number = store_fingerprint(session, item)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, item, SYSTEM)
    with database.read() as session:
        assert db.fingerprints.media_of(session, range(MANY)) == {number: item}
        assert db.item_hashes.living(session, range(MANY)) == {}
        many = [item, *(str(each) for each in range(MANY))]
        assert db.provenance.with_valid(session, many) == {}
        assert db.collections.in_common(session, many) == {item}


def test_a_hash_may_be_like_those_of_any_number_of_items(database: Database, parts: Parts) -> None:
    with database.write() as session:
        item = add_hashed(session, 1)
    hold_files(parts)
    assert item_hashes.take(database, parts.blobs, item)
    with database.read() as session:
        [found] = db.item_hashes.living(session, range(MANY)).values()
    assert found.id == item
