"""Receivers that do not answer: who is told, when it is over, and when they are given up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.access import SYSTEM
from app.db import Database
from app.db.outages import Receiver
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.webhooks import BulkRedelivery, WebhookChange
from app.services import deliveries, events, outages, webhooks
from app.services.sending import Sender
from tests.meanwhile import meanwhile, take_turn
from tests.receiver import Reply, receiving
from tests.services.test_sending import QUICK, Clock, delivered, endpoint, publish, run_until_idle

HOUR = timedelta(hours=1)


def told(database: Database, kind: EventType) -> list[dict[str, Any]]:
    with database.read() as session:
        return [item.data for item in events.follow(session, 0, 200, kind).items]


def state_of(database: Database, endpoint_id: str) -> db.webhooks.WebhookEndpoint:
    with database.read() as session:
        return webhooks.get(session, endpoint_id)


def move(database: Database, endpoint_id: str, url: str) -> None:
    with database.write() as session:
        webhooks.change(session, endpoint_id, WebhookChange(url=url), SYSTEM, allow_private=True)


def switch(database: Database, endpoint_id: str, *, enabled: bool) -> None:
    wanted = WebhookChange(enabled=enabled)
    with database.write() as session:
        webhooks.change(session, endpoint_id, wanted, SYSTEM, allow_private=True)


def disable_as_gone(database: Database, now: datetime) -> None:
    with database.read() as session:
        everybody = {Receiver(each.id, each.url) for each in db.webhooks.enabled(session)}
    outages.disable(database, everybody, everybody, now)


def pass_time(sender: Sender, clock: Clock, until: datetime, step: timedelta) -> None:
    """Let the sender work while time goes by."""
    while clock.now < until:
        clock.now = min(until, clock.now + step)
        run_until_idle(sender)


def test_others_hear_of_an_outage_after_an_hour_once_and_of_its_end(database: Database) -> None:
    clock = Clock()
    sender = Sender(database, QUICK, clock)
    with receiving(Reply(503)) as down, receiving() as live:
        broken, other = endpoint(database, down.url), endpoint(database, live.url, "endpoint.*")
        publish(database, 2)
        clock.now = begun = clock.now + timedelta(seconds=1)
        run_until_idle(sender)
        pass_time(sender, clock, begun + HOUR - timedelta(seconds=2), 10 * timedelta(minutes=1))
        assert told(database, EventType.ENDPOINT_FAILING) == []
        pass_time(sender, clock, begun + 6 * HOUR, 10 * timedelta(minutes=1))
        (failing,) = told(database, EventType.ENDPOINT_FAILING)
        assert failing["endpoint_id"] == broken.id
        assert failing["since"] == begun.isoformat()
        assert failing["failures"] == 8  # now, and after 5 s, 5 min and 30 min, of two deliveries
        assert datetime.fromisoformat(failing["next_try_at"]) > begun + 2 * HOUR
        assert {each.type for each in delivered(database, other.id)} == {"endpoint.failing"}

        down.reply = Reply()
        publish(database)
        pass_time(sender, clock, clock.now + timedelta(seconds=20), timedelta(seconds=2))
        assert {each.state for each in delivered(database, broken.id)} == {DeliveryState.DELIVERED}
        (recovered,) = told(database, EventType.ENDPOINT_RECOVERED)
        assert (recovered["endpoint_id"], recovered["undelivered_n"]) == (broken.id, 2)
        assert [each.type for each in delivered(database, other.id)] == [
            "endpoint.recovered",
            "endpoint.failing",
        ]
        assert state_of(database, broken.id).failures == 0


def test_410_disables_with_an_entry_and_the_others_hear_of_it(database: Database) -> None:
    clock = Clock()
    sender = Sender(database, QUICK, clock)
    with receiving(Reply(410)) as gone, receiving() as live:
        leaving, other = endpoint(database, gone.url), endpoint(database, live.url, "endpoint.*")
        *_, last = publish(database, 30)
        clock.now += timedelta(seconds=1)
        run_until_idle(sender)
        clock.now += timedelta(minutes=1)
        run_until_idle(sender)
        (disabled,) = told(database, EventType.ENDPOINT_DISABLED)
        assert disabled["endpoint_id"] == leaving.id
        assert (disabled["reason"], disabled["undelivered_n"]) == ("gone", 30)
        assert [each.type for each in delivered(database, other.id)] == ["endpoint.disabled"]
        assert len(live.received) == 1
    found = state_of(database, leaving.id)
    assert (found.state, found.disabled_reason) == (EndpointState.DISABLED, outages.GONE)
    with database.read() as session:
        missed = db.events.after(session, found.missed_after or 0, 10, None, None)
        assert {event.type for event in missed} == {EventType.ENDPOINT_DISABLED}
        before = db.events.by_id(session, last)
        assert before is not None
        assert before.seq == found.missed_after
        actions = session.scalars(sa.text("SELECT action FROM audit_entries ORDER BY seq")).all()
    assert actions == ["webhook.created", "webhook.created", "webhook.disabled"]


def test_five_days_of_failures_disable_and_what_was_missed_can_be_had(database: Database) -> None:
    clock = Clock()
    sender = Sender(database, QUICK, clock)
    with receiving(Reply(500)) as receiver:
        made = endpoint(database, receiver.url)
        ids = publish(database, 3)
        clock.now = begun = clock.now + timedelta(seconds=1)
        pass_time(sender, clock, begun + timedelta(days=5) - HOUR, HOUR)
        assert {each.state for each in delivered(database, made.id)} == {DeliveryState.DEAD}
        assert state_of(database, made.id).state is EndpointState.ENABLED
        ids += publish(database)
        pass_time(sender, clock, begun + timedelta(days=5, hours=6), timedelta(minutes=20))
        assert state_of(database, made.id).disabled_reason == outages.TOO_LONG
        publish(database, 2)  # not kept for it

        receiver.reply = Reply()
        receiver.received.clear()
        with database.write() as session:
            webhooks.get(session, made.id).state = EndpointState.ENABLED
            assert deliveries.redeliver_all(session, made.id, BulkRedelivery()) == 4
        clock.now = max(clock.now, db.now()) + timedelta(seconds=1)
        run_until_idle(sender)
        assert set(receiver.ids) == set(ids)


def test_a_single_failure_is_no_outage(database: Database) -> None:
    clock = Clock()
    sender = Sender(database, QUICK, clock)
    with receiving() as receiver:
        receiver.script = [Reply(500)]
        endpoint(database, receiver.url)
        publish(database)
        pass_time(sender, clock, clock.now + 3 * HOUR, timedelta(minutes=1))
        assert len(receiver.received) == 2
    for kind in (EventType.ENDPOINT_FAILING, EventType.ENDPOINT_RECOVERED):
        assert told(database, kind) == []


@pytest.mark.parametrize("look", [disable_as_gone, outages.tell])
def test_looking_at_an_outage_and_settling_a_delivery_do_not_block_each_other(
    database: Database, look: Callable[[Database, datetime], None]
) -> None:
    made = endpoint(database, "http://127.0.0.1:1/")
    publish(database)
    tried = db.webhooks.DeliveryAttempt(
        delivery_id=delivered(database, made.id)[0].id, duration_ms=1
    )
    now = db.now()
    with database.write() as session:
        webhooks.get(session, made.id).told_at = now
    with database.write() as session:
        db.delivery_log.record(session, [tried])
        looking = meanwhile(lambda: look(database, now - HOUR))
        db.outages.note_failures(session, Receiver(made.id, made.url), 1, now)
    looking.result(20)


@pytest.mark.parametrize("status", [410, 500, 200])
def test_what_an_old_url_answers_late_says_nothing_of_the_new_one(
    database: Database, status: int
) -> None:
    sender = Sender(database, QUICK)
    with receiving(Reply(status, wait_s=0.3)) as old, receiving() as new:
        made = endpoint(database, old.url)
        publish(database)
        sender.round()
        old.wait_for(1)
        move(database, made.id, new.url)
        begun = db.now()
        with database.write() as session:
            db.outages.note_failures(session, Receiver(made.id, new.url), 1, begun)
        run_until_idle(sender)
    found = state_of(database, made.id)
    assert found.state is EndpointState.ENABLED
    assert (found.failing_since, found.failures) == (begun, 1)


def test_a_new_url_begins_without_an_outage_and_gets_what_waits_at_once(database: Database) -> None:
    clock = Clock()
    sender = Sender(database, QUICK, clock)
    with receiving(Reply(503)) as old, receiving() as new:
        made = endpoint(database, old.url)
        publish(database, 2)
        clock.now = begun = clock.now + timedelta(seconds=1)
        pass_time(sender, clock, begun + 3 * HOUR, timedelta(minutes=10))
        assert len(told(database, EventType.ENDPOINT_FAILING)) == 1
        move(database, made.id, new.url)
        found = state_of(database, made.id)
        assert (found.failing_since, found.failures, found.told_at) == (None, 0, None)
        run_until_idle(sender)
        assert {each.state for each in delivered(database, made.id)} == {DeliveryState.DELIVERED}
    assert told(database, EventType.ENDPOINT_RECOVERED) == []


def test_who_is_enabled_again_gets_what_waits_at_once(database: Database) -> None:
    clock = Clock()
    sender = Sender(database, QUICK, clock)
    with receiving(Reply(503)) as receiver:
        made = endpoint(database, receiver.url)
        publish(database, 2)
        clock.now = begun = clock.now + timedelta(seconds=1)
        pass_time(sender, clock, begun + 3 * HOUR, timedelta(minutes=30))
        switch(database, made.id, enabled=False)
        receiver.reply = Reply()
        switch(database, made.id, enabled=True)
        found = state_of(database, made.id)
        assert (found.failing_since, found.failures, found.told_at) == (None, 0, None)
        run_until_idle(sender)
        assert {each.state for each in delivered(database, made.id)} == {DeliveryState.DELIVERED}


def test_a_failure_noted_while_the_url_is_changed_is_none_of_the_new_one(
    database: Database,
) -> None:
    made = endpoint(database, "http://127.0.0.1:1/")
    with database.write() as session:
        db.outages.note_failures(session, Receiver(made.id, made.url), 1, db.now())
        moving = meanwhile(lambda: move(database, made.id, "http://127.0.0.1:2/"))
    moving.result(20)
    found = state_of(database, made.id)
    assert (found.failing_since, found.failures) == (None, 0)


def test_an_endpoint_that_just_answered_another_sender_is_not_disabled(database: Database) -> None:
    made = endpoint(database, "http://127.0.0.1:1/")
    receiver, now = Receiver(made.id, made.url), db.now()
    with database.write() as session:
        db.outages.note_failures(session, receiver, 9, now - timedelta(days=6))
    with database.write() as session:
        take_turn(session)
        disabling = meanwhile(lambda: outages.disable(database, (), {receiver}, now))
        db.outages.note_success(session, receiver)
    disabling.result(20)
    assert state_of(database, made.id).state is EndpointState.ENABLED
