"""Reasons to look at a record again: told once while open, closed with a note."""

import pytest

from app import db, services
from app.access import Role
from app.db import Database
from app.errors import Conflict, NotFound
from app.schemas.enums import EventType, HistoryAction
from app.schemas.record_enums import AttentionReason
from tests.records import actor_of, add_item

REASON = AttentionReason.RETROACTIVE_MATCH


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


def _open(database: Database, item: str, **detail: str) -> str:
    with database.write() as session:
        return services.attention.open(session, item, REASON, detail).id


def _close(database: Database, item: str, attention_id: str) -> None:
    with database.write() as session:
        record = services.verifications.take(session, item)
        actor = actor_of(Role.VERIFIER)
        services.attention.close(session, record, attention_id, "It is another street", actor)


def _told(
    database: Database, kind: EventType = EventType.ATTENTION_REQUIRED
) -> list[dict[str, object]]:
    with database.read() as session:
        found = db.events.after(session, 0, 50, kind, None)
    return [event.data for event in found]


def test_a_reason_is_told_once_while_it_is_open(database: Database, item: str) -> None:
    first = _open(database, item, match_id="m1")
    assert _open(database, item, match_id="m1") == first
    other = _open(database, item, match_id="m2")
    assert [data["attention_id"] for data in _told(database)] == [first, other]
    assert _told(database)[0]["reasons"] == ["retroactive_match"]
    _close(database, item, first)
    (closed,) = _told(database, EventType.ATTENTION_CLOSED)
    assert (closed["attention_id"], closed["reasons"]) == (first, ["retroactive_match"])
    assert _open(database, item, match_id="m1") not in {first, other}


def test_a_reason_changes_the_version_and_never_the_status(database: Database, item: str) -> None:
    attention_id = _open(database, item, match_id="m1")
    _close(database, item, attention_id)
    with database.read() as session:
        record = services.verifications.find(session, item)
        entries = services.history.read(session, item, actor_of(Role.VERIFIER), 10, None).items
        (shown,) = services.attention.read(session, item, 10, None).items
    assert (record.status, record.version) == ("unreviewed", 3)
    assert [entry.action for entry in entries] == [
        HistoryAction.OPENED,
        HistoryAction.ATTENTION_OPENED,
        HistoryAction.ATTENTION_CLOSED,
    ]
    assert entries[1].actor.role == "service"
    assert entries[2].note == "It is another street"
    assert shown.closed_by is not None
    assert shown.closed_by.name == "verifier"


def test_a_closed_reason_stays_closed_and_belongs_to_its_record(
    database: Database, item: str
) -> None:
    attention_id = _open(database, item, match_id="m1")
    with database.write() as session:
        other = add_item(session)
    with pytest.raises(NotFound):
        _close(database, other, attention_id)
    _close(database, item, attention_id)
    with pytest.raises(Conflict):
        _close(database, item, attention_id)
