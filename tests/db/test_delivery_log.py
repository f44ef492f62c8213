"""What came back is written down, whatever it holds."""

import pytest

from app import db
from app.access import SYSTEM
from app.db import Database
from app.db.webhooks import DeliveryAttempt
from app.schemas.enums import EventType
from app.schemas.webhooks import NewWebhook
from app.services import events, webhooks


@pytest.fixture
def delivery_ids(database: Database) -> list[str]:
    """Three deliveries that wait to be sent."""
    wanted = NewWebhook(url="https://hooks.example.org/")
    with database.write() as session:
        endpoint = webhooks.create(session, wanted, SYSTEM, allow_private=False)
        for _ in range(3):
            events.publish(session, EventType.NOTE_ADDED, "m1", {})
    with database.read() as session:
        found = db.webhooks.deliveries(session, endpoint.id, None, 10, None)
    return [each.id for each in found.items]


def test_an_attempt_that_the_database_refuses_keeps_no_other_from_being_written(
    database: Database, delivery_ids: list[str]
) -> None:
    said = ("timed out", "no\x00 text", "refused")
    tried = [
        DeliveryAttempt(delivery_id=each, status_code=500, error=error, duration_ms=7)
        for each, error in zip(delivery_ids, said, strict=True)
    ]
    with database.write() as session:
        refused = db.delivery_log.record(session, tried)
    assert refused == ([] if database.is_sqlite else [delivery_ids[1]])
    with database.read() as session:
        found = [db.webhooks.find_delivery(session, each) for each in delivery_ids]
        logged = db.webhooks.attempts_of(session, filter(None, found))
    errors = [logged[each][0].error for each in delivery_ids]
    assert (errors[0], errors[2]) == ("timed out", "refused")
    assert database.is_sqlite or errors[1] == db.delivery_log.UNWRITABLE
    assert {(each.status_code, each.duration_ms) for (each,) in logged.values()} == {(500, 7)}
