"""Deliveries reach real receivers, at least once, whatever happens on the way."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook, WebhookVerificationError
from structlog.testing import capture_logs

from app import db
from app.access import SYSTEM
from app.db import Database
from app.schemas.enums import DeliveryState, EndpointState, EventType
from app.schemas.webhooks import DeliveryAnswer, NewWebhook
from app.services import deliveries, events, webhooks
from app.services.sending import Sender, SenderPolicy, run_sender
from tests.receiver import Receiver, Reply, receiving, saying, wait_until

QUICK = SenderPolicy(allow_private=True, timeout_s=2, poll_s=0.02, stop_within_s=1)
SECONDS_APART = SenderPolicy(
    allow_private=True, timeout_s=2, poll_s=0.02, schedule_s=(0, 0.05, 0.05, 0.05, 0.05, 0.05)
)


@contextmanager
def sending(database: Database, policy: SenderPolicy = QUICK) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_sender, args=(database, policy, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def endpoint(database: Database, url: str, *filters: str) -> db.webhooks.WebhookEndpoint:
    wanted = NewWebhook(url=url, events=list(filters) or ["*"])
    with database.write() as session:
        return webhooks.create(session, wanted, SYSTEM, allow_private=True)


def publish(database: Database, count: int = 1) -> list[str]:
    with database.write() as session:
        return [
            events.publish(session, EventType.MEDIA_RECEIVED, "m1", {"number": number}).id
            for number in range(count)
        ]


def delivered(database: Database, endpoint_id: str) -> list[DeliveryAnswer]:
    which = deliveries.DeliveryFilter(None, 200, None, endpoint_id)
    with database.read() as session:
        return deliveries.listing(session, which).items


def settled(database: Database, endpoint_id: str, state: DeliveryState) -> Callable[[], bool]:
    return lambda: all(each.state is state for each in delivered(database, endpoint_id))


class Clock:
    def __init__(self) -> None:
        self.now = db.now()

    def __call__(self) -> datetime:
        return self.now


def run_until_idle(sender: Sender) -> None:
    sender.round()
    while not sender.idle:
        sender.wait(0.05)
        sender.round()


def test_what_arrives_is_signed_and_complete(database: Database) -> None:
    with receiving() as receiver, sending(database):
        made = endpoint(database, receiver.url)
        (event_id,) = publish(database)
        (request,) = receiver.wait_for(1)
    body = Webhook(made.secret).verify(request.body, request.headers)
    assert body["type"] == "media.received"
    assert body["data"]["id"] == event_id == request.headers["webhook-id"]
    assert body["data"]["media_id"] == "m1"
    assert body["data"]["occurred_seq"] == 1
    assert body["data"]["links"] == {"self": f"/v1/events/{event_id}", "media": "/v1/media/m1"}
    assert body["data"]["number"] == 0
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(request.body + b" ", request.headers)


def test_a_failure_is_tried_again_under_the_same_id(database: Database) -> None:
    with receiving() as receiver, sending(database, SECONDS_APART):
        receiver.script = [Reply(500, body=b"down \x00 now"), Reply(503)]
        made = endpoint(database, receiver.url)
        publish(database)
        receiver.wait_for(3)
        wait_until(settled(database, made.id, DeliveryState.DELIVERED))
    assert len(set(receiver.ids)) == 1
    (delivery,) = delivered(database, made.id)
    assert [tried.status_code for tried in delivery.attempts] == [500, 503, 200]
    assert delivery.attempts[0].answer_head == "down \N{REPLACEMENT CHARACTER} now"
    with database.read() as session:
        assert webhooks.get(session, made.id).failing_since is None


def test_slow_and_dead_receivers_do_not_delay_a_live_one(database: Database) -> None:
    dead = "http://127.0.0.1:1/hook"
    with receiving(Reply(wait_s=5)) as slow, receiving() as live, sending(database):
        for url in (slow.url, dead, live.url):
            endpoint(database, url)
        publish(database, 40)
        live.wait_for(40, within_s=4)
        assert len(slow.received) <= QUICK.per_endpoint


def test_senders_share_the_work_without_sending_twice(database: Database) -> None:
    with receiving() as receiver, sending(database), sending(database):
        made = endpoint(database, receiver.url)
        ids = publish(database, 80)
        wait_until(settled(database, made.id, DeliveryState.DELIVERED))
    assert sorted(receiver.ids) == sorted(ids)


def test_a_slow_receiver_is_not_asked_again_while_its_answer_is_waited_for(
    database: Database,
) -> None:
    # Leases lengthened every third of a second outlast a stall of a busy machine.
    patient = SenderPolicy(allow_private=True, poll_s=0.02, lease_s=1.0)
    with (
        receiving(Reply(wait_s=3.5)) as slow,
        sending(database, patient),
        sending(database, patient),
    ):
        made = endpoint(database, slow.url)
        publish(database, 3)
        wait_until(settled(database, made.id, DeliveryState.DELIVERED))
    assert len(slow.received) == 3


def test_a_database_that_fails_when_an_answer_comes_back_loses_and_repeats_nothing(
    database: Database,
) -> None:
    def rename(name: str, other: str) -> None:
        with database.write() as session:
            session.execute(sa.text(f"ALTER TABLE {name} RENAME TO {other}"))

    sender = Sender(database, QUICK)
    with receiving() as receiver:
        made = endpoint(database, receiver.url)
        publish(database)
        sender.round()
        sender.wait(5)
        rename("delivery_attempts", "aside")
        with capture_logs() as said:
            sender.round()
        assert [each["event"] for each in said] == ["webhook_round_failed"]
        rename("aside", "delivery_attempts")
        run_until_idle(sender)
    (delivery,) = delivered(database, made.id)
    assert (delivery.state, len(delivery.attempts)) == (DeliveryState.DELIVERED, 1)
    assert len(receiver.received) == 1


def test_what_cannot_even_be_signed_is_a_failure_and_gives_its_place_to_others(
    database: Database,
) -> None:
    one_at_a_time = SenderPolicy(allow_private=True, timeout_s=2, at_once=1)
    sender = Sender(database, one_at_a_time)
    with receiving() as receiver:
        broken, other = endpoint(database, receiver.url), endpoint(database, receiver.url)
        with database.write() as session:
            webhooks.get(session, broken.id).secret = "whsec_x"
        publish(database)
        for _ in range(2):
            sender.round()
            sender.wait(5)
        sender.round()
    assert sender.idle
    (failed,) = delivered(database, broken.id)
    assert failed.state is DeliveryState.PENDING
    assert failed.attempts[0].error == "could not be sent: Error"
    assert delivered(database, other.id)[0].state is DeliveryState.DELIVERED


def test_an_answer_that_is_no_http_delays_no_other_endpoint(database: Database) -> None:
    tls_alert = b"\x15\x03\x01\x00\x02\x02P"
    with saying(tls_alert) as url, receiving() as live, sending(database):
        strange, other = endpoint(database, url), endpoint(database, live.url)
        publish(database)
        wait_until(settled(database, other.id, DeliveryState.DELIVERED))
        wait_until(lambda: bool(delivered(database, strange.id)[0].attempts))
        publish(database)
        wait_until(settled(database, other.id, DeliveryState.DELIVERED))
    assert len(live.received) == 2
    assert delivered(database, strange.id)[-1].attempts[0].error == (
        "BadStatusLine: " + 6 * "\N{REPLACEMENT CHARACTER}" + "P"
    )


def test_410_disables_the_endpoint_and_gives_up_what_waits(database: Database) -> None:
    with receiving(Reply(410)) as receiver, sending(database):
        made = endpoint(database, receiver.url)
        publish(database, 20)
        wait_until(settled(database, made.id, DeliveryState.DEAD))
        publish(database)
    with database.read() as session:
        found = webhooks.get(session, made.id)
    assert found.state is EndpointState.DISABLED
    assert found.disabled_reason == "The receiver answered 410 Gone."
    assert len(delivered(database, made.id)) == 20
    assert len(receiver.received) <= QUICK.per_endpoint


def test_a_redirect_is_a_failure_and_is_not_followed(database: Database) -> None:
    with receiving() as target, receiving() as receiver, sending(database):
        receiver.reply = Reply(307, {"Location": target.url})
        made = endpoint(database, receiver.url)
        publish(database)
        wait_until(lambda: bool(delivered(database, made.id)[0].attempts))
    (delivery,) = delivered(database, made.id)
    assert delivery.state is DeliveryState.PENDING
    assert delivery.attempts[0].status_code == 307
    assert not target.received


def test_a_receiver_that_comes_back_gets_everything(database: Database) -> None:
    with receiving() as first:
        port = first.port
    with sending(database, SECONDS_APART):
        made = endpoint(database, f"http://127.0.0.1:{port}/hook")
        ids = publish(database, 3)
        wait_until(lambda: all(each.attempts for each in delivered(database, made.id)))
        with receiving(port=port) as receiver:
            wait_until(settled(database, made.id, DeliveryState.DELIVERED))
    assert set(receiver.ids) == set(ids)


def test_the_schedule_lasts_three_days_and_then_the_delivery_is_dead(database: Database) -> None:
    clock = Clock()
    start = clock.now
    sender = Sender(database, QUICK, clock)
    with receiving(Reply(500)) as receiver:
        made = endpoint(database, receiver.url)
        publish(database)
        clock.now += timedelta(seconds=1)
        waits = []
        for _ in range(10):
            run_until_idle(sender)
            (delivery,) = delivered(database, made.id)
            if delivery.next_attempt_at is not None:
                waits.append((delivery.next_attempt_at - clock.now).total_seconds())
                clock.now = delivery.next_attempt_at
        run_until_idle(sender)
    assert len(receiver.received) == 10
    assert delivered(database, made.id)[0].state is DeliveryState.DEAD
    for wait_s, planned_s in zip(waits, QUICK.schedule_s[1:], strict=True):
        assert planned_s <= wait_s <= planned_s * 1.1
    assert timedelta(hours=74) < clock.now - start < timedelta(hours=84)
    with database.read() as session:
        assert webhooks.get(session, made.id).failing_since == start + timedelta(seconds=1)


def test_a_withdrawal_that_failed_once_goes_before_what_waits_when_it_is_tried_again(
    database: Database,
) -> None:
    one_at_a_time = SenderPolicy(allow_private=True, timeout_s=2, per_endpoint=1)
    with receiving() as receiver:
        endpoint(database, receiver.url)
        publish(database, 2)
        with database.write() as session:
            kind = EventType.VERDICT_WITHDRAWN
            withdrawn = events.publish_urgently(session, kind, "m1", {}).id
        clock = Clock()
        sender = Sender(database, one_at_a_time, clock)
        receiver.reply = Reply(503)
        sender.round()
        sender.wait(5)
        sender.finish()
        receiver.reply = Reply(200)
        clock.now += timedelta(seconds=6)
        run_until_idle(sender)
    assert receiver.ids[:2] == [withdrawn, withdrawn]
    assert len(receiver.ids) == 4


def test_retry_after_is_honoured(database: Database) -> None:
    clock = Clock()
    with receiving(Reply(503, {"Retry-After": "600"})) as receiver:
        made = endpoint(database, receiver.url)
        publish(database)
        clock.now += timedelta(minutes=1)
        run_until_idle(Sender(database, QUICK, clock))
    (delivery,) = delivered(database, made.id)
    assert delivery.next_attempt_at == clock.now + timedelta(seconds=600)


def test_a_clock_that_is_set_back_holds_up_nothing_new(database: Database) -> None:
    clock = Clock()
    with receiving() as receiver:
        made = endpoint(database, receiver.url)
        sender = Sender(database, QUICK, clock)
        sender.round()
        publish(database, 2)
        clock.now -= timedelta(hours=1)
        sender.round()
        clock.now += timedelta(seconds=QUICK.lease_s)
        run_until_idle(sender)
        assert settled(database, made.id, DeliveryState.DELIVERED)()
        assert len(receiver.received) == 2


def test_redelivery_sends_again_under_the_same_id(database: Database) -> None:
    with receiving() as receiver, sending(database):
        made = endpoint(database, receiver.url)
        publish(database)
        wait_until(settled(database, made.id, DeliveryState.DELIVERED))
        receiver.wait_for(1)
        wait_until(lambda: delivered(database, made.id)[0].settled_at is not None)
        with database.write() as session:
            deliveries.redeliver(session, delivered(database, made.id)[0].id)
        receiver.wait_for(2)
        wait_until(settled(database, made.id, DeliveryState.DELIVERED))
    assert len(set(receiver.ids)) == 1


def test_a_test_call_goes_to_one_endpoint_only(database: Database) -> None:
    with receiving() as asked, receiving() as other, sending(database):
        made = endpoint(database, asked.url, "match.*")
        endpoint(database, other.url)
        with database.write() as session:
            deliveries.test(session, made.id)
        (request,) = asked.wait_for(1)
    assert json.loads(request.body)["type"] == "webhook.test"
    assert not other.received


def test_an_endpoint_deleted_while_sending_harms_nothing(database: Database) -> None:
    with receiving(Reply(wait_s=0.3)) as slow, receiving() as live, sending(database):
        gone = endpoint(database, slow.url)
        endpoint(database, live.url)
        publish(database)
        slow.wait_for(1)
        with database.write() as session:
            webhooks.remove(session, gone.id, SYSTEM)
        publish(database)
        live.wait_for(2)
        assert len(slow.received) == 1, "nothing more goes to what was removed"


def test_a_private_address_is_never_connected_to_by_default(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def rebinding(host: str, *arguments: object, **more: object) -> object:
        return resolve("127.0.0.1" if host == "inside.example" else host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with receiving() as receiver, sending(database, SenderPolicy(poll_s=0.02)):
        name = endpoint(database, f"https://inside.example:{receiver.port}/")
        plain = endpoint(database, receiver.url)
        publish(database)
        for made in (name, plain):
            wait_until(lambda made=made: bool(delivered(database, made.id)[0].attempts))
    assert delivered(database, name.id)[0].attempts[0].error == (
        "The address 127.0.0.1 is private, local or reserved."
    )
    assert delivered(database, plain.id)[0].attempts[0].error == "Plain http is refused: use https."
    assert not receiver.received
    assert receiver.connections == 0


SENDER_PROCESS = """
import sys, threading
from app.db import Database
from app.services.sending import SenderPolicy, run_sender
# On a busy machine an answer may take seconds: what is sent again then is no repeat after a kill.
policy = SenderPolicy(allow_private=True, poll_s=0.02, timeout_s=30, lease_s=1)
run_sender(Database(sys.argv[1]), policy, threading.Event())
"""


def wait_closely(receiver: Receiver, count: int) -> None:
    """Return at once when so many requests have come, while others are on their way."""
    until = time.monotonic() + 60
    while len(receiver.received) < count:
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.long
def test_kill_9_while_sending_loses_nothing(database: Database, database_url: str) -> None:
    @contextmanager
    def sender() -> Iterator[None]:
        process = subprocess.Popen([sys.executable, "-c", SENDER_PROCESS, database_url])
        try:
            yield
            assert process.poll() is None
        finally:
            process.kill()
            process.wait()

    with receiving(Reply(wait_s=0.1)) as receiver:
        made = endpoint(database, receiver.url)
        ids = publish(database, 150)
        all_came = settled(database, made.id, DeliveryState.DELIVERED)
        for killed_after in (1, 30, 60):
            with sender():
                wait_closely(receiver, killed_after)
            assert not all_came(), "it was over before the kill"
        with sender():
            wait_until(all_came, within_s=60)
    assert set(receiver.ids) == set(ids)
    assert len(receiver.ids) <= len(ids) + 3 * QUICK.per_endpoint
