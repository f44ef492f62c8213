"""Endpoints and deliveries as the desk handles them, without sending."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.db import Database
from app.db.outages import Receiver
from app.db.sending import Lease
from app.errors import Conflict, NotFound
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.webhooks import NewWebhook
from app.services import deliveries, events, webhooks
from tests.meanwhile import meanwhile, take_turn


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
        deliveries.redeliver(session, delivery_id)
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


def test_an_endpoint_is_not_removed_while_it_is_told_something(
    database: Database, delivery_id: str
) -> None:
    with database.read() as session:
        [endpoint] = db.webhooks.enabled(session)

    def remove() -> None:
        with database.write() as session:
            webhooks.remove(session, endpoint.id, SYSTEM)

    with database.write() as session:
        take_turn(session)
        removing = meanwhile(remove)
        session.add(db.webhooks.Delivery(endpoint_id=endpoint.id, event_seq=_event(session)))
        session.flush()
    removing.result(20)
    with database.read() as session:
        assert db.webhooks.find_delivery(session, delivery_id) is None


def test_removing_an_endpoint_and_settling_its_delivery_do_not_block_each_other(
    database: Database, delivery_id: str
) -> None:
    with database.read() as session:
        [endpoint] = db.webhooks.enabled(session)

    def remove() -> None:
        with database.write() as session:
            webhooks.remove(session, endpoint.id, SYSTEM)

    tried = db.webhooks.DeliveryAttempt(delivery_id=delivery_id, duration_ms=1)
    with database.write() as session:
        db.delivery_log.record(session, [tried])
        removing = meanwhile(remove)
        db.outages.note_failures(session, Receiver(endpoint.id, endpoint.url), 1, db.now())
    removing.result(20)


def test_a_test_call_to_an_endpoint_just_removed_finds_none(
    database: Database, delivery_id: str
) -> None:
    with database.read() as session:
        [endpoint] = db.webhooks.enabled(session)

    def call() -> None:
        with database.write() as session:
            deliveries.test(session, endpoint.id)

    with database.write() as session:
        take_turn(session)
        testing = meanwhile(call)
        webhooks.remove(session, endpoint.id, SYSTEM)
    with pytest.raises(NotFound):
        testing.result(20)


def _event(session: Session) -> int:
    return events.record(session, EventType.NOTE_ADDED, "m1", {}).seq
