"""Many deliveries sent again at once, and the log kept short."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db
from app.access import SYSTEM, Role
from app.db import Database
from app.db.sending import Lease
from app.errors import Conflict
from app.schemas.enums import DeliveryState, EventType
from app.schemas.webhook_enums import DeliveryKind
from app.schemas.webhooks import BulkRedelivery, DeliveryAnswer, NewWebhook, WebhookChange
from app.services import deliveries, delivery_log, events, webhook_secrets, webhooks
from tests.records import actor_of

ADMIN = actor_of(Role.ADMIN)


@pytest.fixture
def endpoint_id(database: Database) -> str:
    with database.write() as session:
        wanted = NewWebhook(url="https://hooks.example.org/")
        return webhooks.create(session, wanted, SYSTEM, allow_private=False).id


def publish(database: Database, count: int, kind: EventType = EventType.NOTE_ADDED) -> list[str]:
    with database.write() as session:
        return [events.publish(session, kind, "m1", {}).id for _ in range(count)]


def listed(
    database: Database, endpoint_id: str | None = None, state: DeliveryKind | None = None
) -> list[DeliveryAnswer]:
    with database.read() as session:
        which = deliveries.DeliveryFilter(state, 200, None, endpoint_id)
        return deliveries.listing(session, which).items


def settle(database: Database, state: DeliveryState, days_ago: int = 0) -> None:
    """Bring every delivery that waits to its end, as a sender does."""
    at = db.now() - timedelta(days=days_ago)
    pending = [each.id for each in listed(database, None, DeliveryKind.PENDING)]
    with database.write() as session:
        db.sending.lease(session, pending, Lease("someone", at))
        tried = [
            db.webhooks.DeliveryAttempt(delivery_id=each, at=at, duration_ms=1) for each in pending
        ]
        db.delivery_log.record(session, tried)
        if state is DeliveryState.DELIVERED:
            db.sending.settle_delivered(session, pending, at)
        else:
            for each in pending:
                db.sending.settle_dead(session, each, "someone", at)


def redeliver(database: Database, endpoint_id: str, **wanted: object) -> int:
    with database.write() as session:
        asked = BulkRedelivery.model_validate(wanted)
        return deliveries.redeliver_all(session, endpoint_id, asked)


def test_all_dead_ones_come_due_in_order_and_not_all_at_once(
    database: Database, endpoint_id: str
) -> None:
    publish(database, 150)
    (urgent,) = publish(database, 1, EventType.VERDICT_WITHDRAWN)
    settle(database, DeliveryState.DEAD)
    assert redeliver(database, endpoint_id) == 151
    assert redeliver(database, endpoint_id) == 0
    waiting = sorted(
        listed(database, endpoint_id, DeliveryKind.PENDING),
        key=lambda each: (each.next_attempt_at, each.event_seq),
    )
    dues = [each.next_attempt_at for each in waiting]
    assert {each.attempts[0].duration_ms for each in waiting} == {1}, "what was tried stays listed"
    assert dues[99] == dues[0]
    assert dues[100] == dues[150] == dues[0] + timedelta(seconds=5)
    assert urgent in {each.event_id for each in waiting[:100]}
    assert [each.event_seq for each in waiting[:99]] == list(range(1, 100))


def test_a_part_is_chosen_by_time_and_type(database: Database, endpoint_id: str) -> None:
    publish(database, 2)
    publish(database, 1, EventType.MATCH_FOUND)
    settle(database, DeliveryState.DEAD)
    with database.write() as session:
        session.execute(sa.text("UPDATE events SET at = '2026-01-02 00:00:00+00:00' WHERE seq = 1"))
    early = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert redeliver(database, endpoint_id, **early, types=["match.found"]) == 0
    assert redeliver(database, endpoint_id, **early) == 1
    assert redeliver(database, endpoint_id, types=["match.found"]) == 1
    assert [each.event_seq for each in listed(database, None, DeliveryKind.DEAD)] == [2]


def test_what_a_sender_holds_is_left_to_it(database: Database, endpoint_id: str) -> None:
    publish(database, 2)
    held, put_off = [each.id for each in listed(database)]
    later = db.now() + timedelta(hours=1)
    with database.write() as session:
        db.sending.lease(session, [held, put_off], Lease("someone", later))
        db.sending.put_off(session, put_off, "someone", later)
    assert [each.id for each in listed(database, None, DeliveryKind.FAILING)] == [put_off]
    assert redeliver(database, endpoint_id, state="pending") == 1
    with database.read() as session:
        kept = db.webhooks.find_delivery(session, held)
    assert kept is not None
    assert kept.leased_by == "someone"


def test_a_disabled_endpoint_says_from_where_on_it_missed_what_happened(
    database: Database, endpoint_id: str
) -> None:
    publish(database, 2)
    with database.write() as session:
        off, on = WebhookChange(enabled=False), WebhookChange(enabled=True)
        webhooks.change(session, endpoint_id, off, ADMIN, allow_private=False)
        events.publish(session, EventType.NOTE_ADDED, "m1", {})
        webhooks.change(session, endpoint_id, off, ADMIN, allow_private=False)
        with pytest.raises(Conflict):
            deliveries.redeliver_all(session, endpoint_id, BulkRedelivery())
        back = webhooks.change(session, endpoint_id, on, ADMIN, allow_private=False)
        answer = webhooks.answer(back)
    assert answer.missed_after == 2
    assert answer.links["missed"] == "/v1/events?after=2"


def test_old_delivered_ones_go_and_all_that_is_needed_stays(
    database: Database, endpoint_id: str
) -> None:
    publish(database, 3)
    (verdict,) = publish(database, 1, EventType.STATUS_CHANGED)
    settle(database, DeliveryState.DELIVERED, days_ago=31)
    (dead,) = publish(database, 1)
    settle(database, DeliveryState.DEAD, days_ago=31)
    (young,) = publish(database, 1)
    settle(database, DeliveryState.DELIVERED, days_ago=29)
    assert delivery_log.tidy(database, None, db.now()) == 0
    assert delivery_log.tidy(database, timedelta(days=30), db.now()) == 3
    assert delivery_log.tidy(database, timedelta(days=30), db.now()) == 0
    left = {each.event_id: len(each.attempts) for each in listed(database, endpoint_id)}
    assert left == {verdict: 0, dead: 1, young: 1}
    with database.read() as session:
        assert len(events.follow(session, 0, 10).items) == 6
        assert db.webhooks.told(session, "m1", EventType.STATUS_CHANGED) == {endpoint_id}


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day_and_is_forgotten(
    database: Database, endpoint_id: str
) -> None:
    def signing() -> tuple[str, ...]:
        publish(database, 1)
        newest = listed(database)[0].id
        with database.write() as session:
            (claimed,) = db.sending.lease(session, [newest], Lease("someone", db.now()))
        return claimed.secrets

    def rotate() -> str:
        with database.write() as session:
            return webhook_secrets.rotate(session, endpoint_id, ADMIN)[0].secret

    (first,) = signing()
    second = rotate()
    assert signing() == (second, first)
    third = rotate()
    assert signing() == (third, second)
    day_later = db.now() + timedelta(hours=24)
    delivery_log.tidy(database, None, day_later - timedelta(minutes=1))
    assert signing() == (third, second)
    delivery_log.tidy(database, None, day_later + timedelta(seconds=1))
    assert signing() == (third,)
    with database.read() as session:
        found = webhooks.get(session, endpoint_id)
        kept = session.execute(sa.text("SELECT * FROM audit_entries")).all()
        told = session.execute(sa.text("SELECT * FROM audit_payloads")).all()
    assert (found.previous_secret, found.previous_until) == (None, None)
    assert not any(secret in str([kept, told]) for secret in (first, second, third))
    fourth = rotate()
    with database.write() as session:
        webhook_secrets.end_previous(session, endpoint_id, ADMIN)
        webhook_secrets.end_previous(session, endpoint_id, ADMIN)
    assert signing() == (fourth,)
