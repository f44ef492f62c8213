"""Receivers that do not answer: the other endpoints are told, and in the end nothing is sent to them.

Each is one transaction of its own, apart from the sender's rounds: events are written before any
row is locked.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.db.outages import Receiver
from app.db.webhooks import WebhookEndpoint
from app.schemas.audit import AuditAction
from app.schemas.enums import DeliveryState, EventType
from app.services import audit, events, webhooks
from app.services.posting import Outcome

TOLD_AFTER = timedelta(hours=1)
DISABLED_AFTER = timedelta(days=5)
GONE = "The receiver answered 410 Gone."
TOO_LONG = "The receiver has failed for five days."

log = structlog.get_logger(__name__)


def tell(database: db.Database, now: datetime) -> None:
    """Tell of each outage that has lasted an hour, once, and when it is over.

    What waits for an endpoint that is back is sent then, in order, instead of when it was put off to.
    """
    before = now - TOLD_AFTER
    with database.read() as session:
        found = db.outages.to_tell_of(session, before)
    for endpoint_id in found:
        with database.write() as session:
            db.in_commit_order(session)
            endpoint = db.outages.locked(session, endpoint_id)
            # Another sender may have been here.
            if endpoint is not None and endpoint_id in db.outages.to_tell_of(session, before):
                _tell(session, endpoint, now)


def disable(
    database: db.Database, gone: Collection[Receiver], failed: Collection[Receiver], now: datetime
) -> None:
    """Disable the endpoints that said to be `gone`, and of those that `failed` who did for too long.

    One that has another URL by now is left alone.
    """
    before = now - DISABLED_AFTER
    with database.read() as session:
        lasting = db.outages.failing_since(session, failed, before)
    for receiver in {*gone, *lasting}:
        with database.write() as session:
            db.in_commit_order(session)
            endpoint = db.outages.locked(session, receiver.endpoint_id)
            if endpoint is None or endpoint.url != receiver.url:
                continue
            if receiver in gone:
                _disable(session, endpoint, GONE, now)
            # Another sender may have got an answer meanwhile.
            elif db.outages.failing_since(session, [receiver], before):
                _disable(session, endpoint, TOO_LONG, now)


def _tell(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    if endpoint.failing_since is None:
        endpoint.told_at = None
        undelivered = db.outages.undelivered(session, endpoint.id)
        data = {"endpoint_id": endpoint.id, "undelivered_n": undelivered}
        log.info("endpoint.recovered", **data)
        events.publish(session, EventType.ENDPOINT_RECOVERED, None, data)
        waiting = db.requeueing.Chosen(endpoint.id, DeliveryState.PENDING)
        db.requeueing.requeue(session, waiting, now)
        return
    endpoint.told_at = now
    again = db.outages.next_try_at(session, endpoint.id)
    data = {
        "endpoint_id": endpoint.id,
        "since": endpoint.failing_since.isoformat(),
        "failures": endpoint.failures,
        "next_try_at": again.isoformat() if again else None,
    }
    log.warning("endpoint.failing", **data)
    events.publish(session, EventType.ENDPOINT_FAILING, None, data)


def _disable(session: Session, endpoint: WebhookEndpoint, reason: str, now: datetime) -> None:
    webhooks.disable(session, endpoint, reason)
    db.outages.give_up(session, endpoint.id, now)
    undelivered = db.outages.undelivered(session, endpoint.id)
    told = {"reason": reason, "undelivered_n": undelivered}
    log.warning("endpoint.disabled", endpoint_id=endpoint.id, **told)
    audit.written(session, SYSTEM, AuditAction.WEBHOOK_DISABLED, endpoint, beside=told)
    code = "gone" if reason == GONE else "failing"
    data = {"endpoint_id": endpoint.id, "reason": code, "undelivered_n": undelivered}
    events.publish(session, EventType.ENDPOINT_DISABLED, None, data)


def note(session: Session, receiver: Receiver, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Begin, lengthen or end an endpoint's outage by what came back, in that order."""
    in_a_row = 0
    for outcome in outcomes:
        in_a_row = 0 if outcome.succeeded else in_a_row + 1
    if in_a_row < len(outcomes):
        db.outages.note_success(session, receiver)
    if in_a_row:
        db.outages.note_failures(session, receiver, in_a_row, now)
