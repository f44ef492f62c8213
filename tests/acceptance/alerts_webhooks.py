"""The webhooks' part of the alert story: a receiver is there, is down for a day, and is back.

The desk is made of real processes. Only its sender runs in the test, so that a day can pass: on a
clock that the test moves. It is killed in the middle as a process, and another one goes on.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from app.db import Database, now
from app.services.sending import Sender, SenderPolicy
from tests.acceptance.newsroom import Newsroom
from tests.receiver import Receiver, Reply, wait_until
from tests.workers.desk import Desk

POLICY = SenderPolicy(allow_private=True, timeout_s=5, poll_s=0.02)
ALERTS, MEANWHILE = 40, 6
A_MINUTE = timedelta(minutes=1)

# A sender of the present time; it reads the database's address from its command.
_PROCESS = """
import sys, threading
from app.db import Database
from app.services.sending import SenderPolicy, run_sender
run_sender(Database(sys.argv[1]), SenderPolicy(allow_private=True, poll_s=0.02), threading.Event())
"""


class Day:
    """A sender, and a clock that goes as fast as the test likes."""

    def __init__(self, url: str) -> None:
        self.now = now()
        self._database = Database(url)
        self._new_sender()

    def _new_sender(self) -> None:
        self._sender = Sender(self._database, POLICY, lambda: self.now)

    def catches_up(self) -> None:
        """Be no earlier than the clock on the wall."""
        self.now = max(self.now, now())

    def passes(self, time: timedelta, step: timedelta) -> None:
        """Let the sender do what is due while `time` goes by, a `step` at once."""
        end = self.now + time
        while self.now < end:
            self.now = min(end, self.now + step)
            self._sender.round()
            while not self._sender.idle:
                self._sender.wait(0.05)
                self._sender.round()

    def another_sender(self) -> None:
        """Forget the sender with all that it had in mind, as when its process was killed."""
        self._new_sender()

    def close(self) -> None:
        self._database.close()


@dataclass(frozen=True)
class Endpoint:
    """A webhook, and who listens there."""

    id: str
    secret: str
    path: str


def the_desks_own_sender_stands_still(desk: Desk) -> None:
    """It would send by the clock on the wall."""
    os.kill(desk.one_of("workers.webhook_sender"), signal.SIGSTOP)


def a_receiver_is_made_known_and_tested(room: Newsroom, receiver: Receiver, day: Day) -> Endpoint:
    """1: the secret is shown once, a test call arrives, and its signature verifies."""
    wanted = {"url": receiver.url, "events": ["*"]}
    made = room.admin.post("/v1/webhooks", wanted, 201)
    endpoint = Endpoint(made["id"], made["secret"], made["links"]["self"])
    assert "secret" not in room.admin.get(endpoint.path)
    room.admin.post(f"{endpoint.path}/test", None, 202)
    day.passes(timedelta(seconds=30), timedelta(seconds=10))
    (request,) = receiver.wait_for(1)
    event = Webhook(endpoint.secret).verify(request.body, request.headers)
    assert event["type"] == "webhook.test"
    return endpoint


def it_is_down_for_a_day(
    room: Newsroom,
    endpoint: Endpoint,
    other: Receiver,
    day: Day,
    *,
    tell: Callable[[int], None],
    kill: Callable[[], None],
) -> int:
    """30: nothing that happens meanwhile is lost, through kills too; others hear of it after an hour.

    `tell(n)` makes `n` alerts happen, `kill()` kills a process of the desk and waits for the next.
    Gives the event's number before the first one.
    """
    before = room.last_event()
    tell(ALERTS // 2)
    begun = day.now
    day.passes(timedelta(minutes=50), timedelta(minutes=1))
    assert room.events("endpoint.failing") == []
    a_sender_is_killed_in_the_middle(room, endpoint, tell)
    kill()
    day.another_sender()
    day.passes(timedelta(minutes=20), timedelta(minutes=1))
    (failing,) = room.events("endpoint.failing")
    assert failing["endpoint_id"] == endpoint.id
    assert datetime.fromisoformat(failing["since"]) - begun < timedelta(minutes=2)
    told = [request for request in other.received if b'"endpoint.failing"' in request.body]
    assert len(told) == 1
    tell(ALERTS // 2 - MEANWHILE)
    day.passes(timedelta(hours=23), timedelta(minutes=30))
    waiting = deliveries(room, endpoint, "failing")
    assert len({each["event_id"] for each in waiting if each["type"] == "note.added"}) == ALERTS
    assert max(len(each["attempts"]) for each in waiting) >= 6
    assert len(room.events("endpoint.failing")) == 1, "once an outage"
    return before


def a_sender_is_killed_in_the_middle(
    room: Newsroom, endpoint: Endpoint, tell: Callable[[int], None]
) -> None:
    """A sender of its own process tries what is new, and is killed at it."""

    def tried() -> int:
        return sum(len(each["attempts"]) for each in deliveries(room, endpoint, "pending"))

    process = subprocess.Popen([sys.executable, "-c", _PROCESS, room.database_url])
    try:
        so_far = tried()
        tell(MEANWHILE)
        wait_until(lambda: tried() > so_far, within_s=30)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def it_is_back(
    room: Newsroom,
    endpoint: Endpoint,
    receiver: Receiver,
    day: Day,
    *,
    before: int,
    tell: Callable[[int], None],
) -> None:
    """31: it gets all of it, each at least once; the others hear of it; the feed has the same."""
    tell(1)
    day.passes(timedelta(minutes=2), timedelta(seconds=5))
    alerts = {
        request.headers["webhook-id"]: Webhook(endpoint.secret).verify(
            request.body, request.headers
        )
        for request in receiver.received
        if b'"note.added"' in request.body
    }
    asked = {"after": before, "type": "note.added", "limit": 200}
    feed = room.admin.get("/v1/events", params=asked)["items"]
    assert len(feed) == ALERTS + 1
    in_order = sorted(alerts.values(), key=lambda event: event["data"]["occurred_seq"])
    assert [event["data"]["id"] for event in in_order] == [item["data"]["id"] for item in feed]
    (recovered,) = room.events("endpoint.recovered")
    assert recovered["endpoint_id"] == endpoint.id
    assert deliveries(room, endpoint, "pending") == []


def one_that_is_gone_is_not_asked_again(
    room: Newsroom, endpoint: Endpoint, receiver: Receiver, day: Day, tell: Callable[[int], None]
) -> None:
    """31: 410 disables it; enabled again, it is told from where on it missed what happened."""
    receiver.reply = Reply(410)
    tell(1)
    day.passes(timedelta(minutes=1), timedelta(seconds=10))
    shown = room.admin.get(endpoint.path)
    assert (shown["enabled"], shown["disabled_reason"]) == (
        False,
        "The receiver answered 410 Gone.",
    )
    (disabled,) = room.events("endpoint.disabled")
    assert (disabled["endpoint_id"], disabled["reason"]) == (endpoint.id, "gone")
    entries = room.auditor.get("/v1/audit", params={"action": "webhook.disabled"})["items"]
    assert [entry["subject"]["id"] for entry in entries] == [endpoint.id]
    tell(1)
    receiver.reply = Reply()
    asked = {"enabled": True}
    back = room.admin.client.patch(endpoint.path, json=asked).json()
    missed = room.admin.get(back["links"]["missed"])["items"]
    assert [item["type"] for item in missed if item["type"] == "note.added"] == ["note.added"]
    again = room.admin.post(f"{endpoint.path}/redeliver", {"state": "dead"}, 202)
    assert again["queued"] >= 1
    came = len(receiver.received)
    day.passes(timedelta(minutes=1), timedelta(seconds=10))
    wait_until(lambda: len(receiver.received) >= came + again["queued"])


def deliveries(room: Newsroom, endpoint: Endpoint, state: str) -> list[dict[str, Any]]:
    """An endpoint's deliveries in a state."""
    asked = {"state": state, "endpoint": endpoint.id, "limit": 200}
    found: list[dict[str, Any]] = room.admin.get("/v1/deliveries", params=asked)["items"]
    return found
