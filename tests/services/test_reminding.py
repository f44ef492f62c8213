"""A record whose date has passed calls for attention, once a date."""

import threading
from datetime import datetime, timedelta

import pytest

from app import db, services
from app.access import Role
from app.db import Database
from app.schemas.enums import VerificationStatus
from app.services import reminding
from tests.records import actor_of, add_item, put_at

AGO = db.now() - timedelta(minutes=5)


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        item = add_item(session)
        put_at(session, item, VerificationStatus.IN_REVIEW)
    return item


def _due(database: Database, item: str, at: datetime | None) -> None:
    with database.write() as session:
        services.verifications.take(session, item).due_at = at


def _open(database: Database, item: str) -> list[str]:
    with database.read() as session:
        return [each.value for each in db.attention.open_reasons(session, [item]).get(item, [])]


def test_what_is_due_is_told_once(database: Database, item: str) -> None:
    assert reminding.remind(database) == 0
    _due(database, item, db.now() + timedelta(hours=1))
    assert reminding.remind(database) == 0
    _due(database, item, AGO)
    assert reminding.remind(database) == 1
    assert _open(database, item) == ["review_due"]
    assert reminding.remind(database) == 0


def test_a_closed_reminder_comes_back_only_with_another_date(database: Database, item: str) -> None:
    _due(database, item, AGO)
    reminding.remind(database)
    with database.write() as session:
        record = services.verifications.take(session, item)
        (reason,) = services.attention.read(session, item, 10, None).items
        services.attention.close(session, record, reason.id, "another day", actor_of(Role.EDITOR))
    assert reminding.remind(database) == 0
    _due(database, item, db.now() + timedelta(milliseconds=1))
    threading.Event().wait(0.02)
    assert reminding.remind(database) == 1


def test_what_is_void_is_due_no_more(database: Database, item: str) -> None:
    _due(database, item, AGO)
    with database.write() as session:
        put_at(session, item, VerificationStatus.VOID)
    assert reminding.remind(database) == 0


def test_reminders_at_once_tell_it_once(database: Database, item: str) -> None:
    _due(database, item, AGO)
    told: list[int] = []
    start = threading.Barrier(3)

    def remind() -> None:
        start.wait()
        told.append(reminding.remind(database))

    reminders = [threading.Thread(target=remind) for _ in range(3)]
    for reminder in reminders:
        reminder.start()
    for reminder in reminders:
        reminder.join()
    assert sum(told) == 1
    with database.read() as session:
        assert len(services.attention.read(session, item, 10, None).items) == 1
