"""The sender: takes due deliveries from the database, sends them, writes down how it went.

One loop owns the database side: each round settles what came back and leases what is due, in one
short transaction. Each POST runs in a thread of its own without a transaction. An endpoint has a
few sends under way at most, a failing one a single send, so none can take another's place. A
sender that dies leaves leases that end by themselves: each delivery is sent at least once.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import db, outbound
from app.db.sending import Claimed, Lease
from app.services import deliveries, outages, set_back
from app.services.posting import Outcome, SenderPolicy, attempt, logged

LOOK_EVERY = timedelta(seconds=1)

_log = structlog.get_logger()

__all__ = ["Sender", "SenderPolicy", "run_sender"]


def run_sender(
    database: db.Database,
    policy: SenderPolicy,
    stop: threading.Event,
    clock: Callable[[], datetime] = db.now,
) -> None:
    """Send what is due until `stop` is set; any number of senders may run on one database."""
    sender = Sender(database, policy, clock)
    while not stop.is_set():
        sender.round()
        sender.wait(policy.poll_s)
    sender.finish()


class Sender:
    """The loop's state: what is under way, and what came back but is not written down yet."""

    def __init__(
        self,
        database: db.Database,
        policy: SenderPolicy,
        clock: Callable[[], datetime] = db.now,
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock
        self._holder = db.new_id()
        self._under_way: dict[str, str] = {}
        self._came_back: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._unwritten: list[Outcome] = []
        self._set_back = set_back.Watch(clock)
        self._looked_at = self._lengthened_at = clock() - timedelta(days=1)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way or waits to be written down."""
        return not self._under_way and not self._unwritten

    def round(self) -> None:
        """Settle what came back, lease what is due and start to send it."""
        try:
            if self._set_back.was_set_back():
                lease_ends_at = self._clock() + timedelta(seconds=self._policy.lease_s)
                deliveries.bring_forward(self._database, lease_ends_at)
            written = self._unwritten
            for claimed in self._settle_and_claim(claiming=True):
                self._start(claimed)
            self._look_for_outages(written)
        except DBAPIError:
            # Nothing is lost: outcomes are kept for the next round, leases end by themselves.
            _log.exception("webhook_round_failed")

    def wait(self, at_most_s: float) -> None:
        """Wait until a send has come back, at most `at_most_s`."""
        try:
            self._unwritten.append(self._came_back.get(timeout=at_most_s))
            while True:
                self._unwritten.append(self._came_back.get_nowait())
        except queue.Empty:
            return

    def finish(self) -> None:
        """Wait shortly for what is under way and settle it; the rest is sent again later."""
        end = time.monotonic() + self._policy.stop_within_s
        while self._under_way and (left := end - time.monotonic()) > 0:
            self.wait(min(left, self._policy.poll_s))
            self._settle_and_claim(claiming=False)
        self._settle_and_claim(claiming=False)

    def _settle_and_claim(self, *, claiming: bool) -> list[Claimed]:
        now = self._clock()
        room = self._room(now) if claiming else {}
        held = Lease(self._holder, now + timedelta(seconds=self._policy.lease_s))
        self._lengthen(held, now)
        if not room and not self._unwritten:
            return []
        with self._database.write() as session:
            self._settle(session, now)
            found: list[str] = []
            for endpoint_id, free in room.items():
                found += db.sending.due(session, endpoint_id, now, free, self._under_way)
            claimed = db.sending.lease(session, found, held)
        for outcome in self._unwritten:
            self._under_way.pop(outcome.claimed.delivery_id, None)
        self._unwritten = []
        return claimed

    def _lengthen(self, held: Lease, now: datetime) -> None:
        lasting = self._under_way.keys() - {each.claimed.delivery_id for each in self._unwritten}
        if not lasting or abs(now - self._lengthened_at) < timedelta(
            seconds=self._policy.lease_s / 3
        ):
            return
        # Apart from settling, which holds rows of endpoints that are locked after deliveries.
        with self._database.write() as session:
            db.sending.lengthen(session, lasting, held)
        self._lengthened_at = now

    def _look_for_outages(self, written: list[Outcome]) -> None:
        now = self._clock()
        gone = {outcome.claimed.receiver for outcome in written if outcome.says_gone}
        failed = {outcome.claimed.receiver for outcome in written if not outcome.succeeded}
        if failed:
            outages.disable(self._database, gone, failed, now)
        if abs(now - self._looked_at) >= LOOK_EVERY:
            self._looked_at = now
            outages.tell(self._database, now)

    def _room(self, now: datetime) -> dict[str, int]:
        """How many more sends each endpoint with something due may have, the idlest first."""
        with self._database.read() as session:
            due = db.sending.due_endpoints(session, now)
        gone = {outcome.claimed.endpoint_id for outcome in self._unwritten if outcome.says_gone}
        busy = Counter(self._under_way.values())
        busy.subtract(outcome.claimed.endpoint_id for outcome in self._unwritten)
        left = self._policy.at_once - busy.total()
        room: dict[str, int] = {}
        for endpoint in sorted(due, key=lambda each: busy[each.id]):
            if endpoint.id in gone:
                continue
            lanes = 1 if endpoint.failing else self._policy.per_endpoint
            free = min(lanes - busy[endpoint.id], left)
            if free > 0:
                room[endpoint.id] = free
                left -= free
        return room

    def _start(self, claimed: Claimed) -> None:
        self._under_way[claimed.delivery_id] = claimed.endpoint_id
        threading.Thread(
            target=lambda: self._came_back.put(attempt(claimed, self._policy, self._clock())),
            name=f"webhook-{claimed.delivery_id}",
            daemon=True,
        ).start()

    def _settle(self, session: Session, now: datetime) -> None:
        tried = [logged(outcome) for outcome in self._unwritten]
        for delivery_id in db.delivery_log.record(session, tried):
            _log.error("webhook_answer_unwritable", delivery_id=delivery_id)
        took = [outcome.claimed.delivery_id for outcome in self._unwritten if outcome.succeeded]
        db.sending.settle_delivered(session, took, now)
        # In one order everywhere, so that two senders never wait for each other's rows.
        by_receiver = sorted(self._unwritten, key=lambda each: each.claimed.receiver)
        for receiver, outcomes in groupby(by_receiver, lambda each: each.claimed.receiver):
            together = list(outcomes)
            outages.note(session, receiver, together, now)
            failed = [outcome for outcome in together if not outcome.succeeded]
            for outcome in failed:
                self._settle_failure(session, outcome, now)

    def _settle_failure(self, session: Session, outcome: Outcome, now: datetime) -> None:
        claimed, answer = outcome.claimed, outcome.answer
        retry_after = answer.retry_after if answer else None
        again = outbound.next_attempt(
            claimed.attempts + 1, retry_after, now, self._policy.schedule_s
        )
        if again is None:
            db.sending.settle_dead(session, claimed.delivery_id, self._holder, now)
        else:
            db.sending.put_off(session, claimed.delivery_id, self._holder, again)
