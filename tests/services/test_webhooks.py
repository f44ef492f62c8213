"""Endpoints and deliveries as the desk handles them, without sending."""

from datetime import timedelta

import pytest

from app import db
from app.access import SYSTEM
from app.db import Database
from app.db.sending import Lease
from app.errors import Conflict
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.webhooks import NewWebhook
from app.services import events, webhooks


@pytest.fixture
def delivery_id(database: Database) -> str:
    """A delivery that waits to be sent."""
    wanted = NewWebhook(url="https://hooks.example.org/")
    with database.write() as session:
        endpoint = webhooks.create(session, wanted, SYSTEM, allow_private=False)
        events.publish(session, EventType.NOTE_ADDED, "m1", {})
    with database.read() as session:
        return db.webhooks.deliveries(session, endpoint.id, None, 1, None).items[0].id


def lease(database: Database, delivery_id: str, seconds: float) -> None:
    held = Lease("someone", db.now() + timedelta(seconds=seconds))
    with database.write() as session:
        db.sending.lease(session, [delivery_id], held)


def redelivered(database: Database, delivery_id: str) -> db.webhooks.Delivery:
    with database.write() as session:
        webhooks.redeliver(session, delivery_id)
    with database.read() as session:
        found = db.webhooks.find_delivery(session, delivery_id)
    assert found is not None
    return found


def test_redelivery_starts_the_schedule_of_a_dead_delivery_anew(
    database: Database, delivery_id: str
) -> None:
    lease(database, delivery_id, 60)
    with database.write() as session:
        db.sending.settle_dead(session, delivery_id, "someone", db.now())
    found = redelivered(database, delivery_id)
    assert (found.state, found.attempts, found.settled_at) == (DeliveryState.PENDING, 0, None)
    assert found.next_attempt_at is not None
    assert found.next_attempt_at <= db.now()


def test_redelivery_leaves_an_attempt_under_way_alone(database: Database, delivery_id: str) -> None:
    lease(database, delivery_id, 60)
    assert redelivered(database, delivery_id).leased_by == "someone"


def test_redelivery_does_not_wait_for_a_dead_sender(database: Database, delivery_id: str) -> None:
    lease(database, delivery_id, -1)
    assert redelivered(database, delivery_id).leased_by is None


def test_redelivery_to_a_disabled_endpoint_is_refused(database: Database, delivery_id: str) -> None:
    with database.write() as session:
        found = db.webhooks.find_delivery(session, delivery_id)
        assert found is not None
        webhooks.get(session, found.endpoint_id).state = EndpointState.DISABLED
    with pytest.raises(Conflict):
        redelivered(database, delivery_id)


def test_a_sender_that_lost_its_lease_cannot_put_off_or_give_up(
    database: Database, delivery_id: str
) -> None:
    lease(database, delivery_id, 60)
    with database.write() as session:
        db.sending.put_off(session, delivery_id, "another", db.now())
        db.sending.settle_dead(session, delivery_id, "another", db.now())
    with database.read() as session:
        found = db.webhooks.find_delivery(session, delivery_id)
    assert found is not None
    assert (found.state, found.leased_by) == (DeliveryState.PENDING, "someone")
