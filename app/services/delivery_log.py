"""The delivery log kept short, and secrets that sign no more forgotten."""

import threading
from datetime import datetime, timedelta

import structlog

from app import db

EVERY_S = 60.0
AT_ONCE = 500

log = structlog.get_logger(__name__)


def run(database: db.Database, kept_for: timedelta | None, stop: threading.Event) -> None:
    """Tidy up until `stop` is set; `kept_for` is how long delivered deliveries stay, if not always."""
    while not stop.is_set():
        try:
            tidy(database, kept_for, db.now())
        except Exception:
            log.exception("delivery_log.interrupted")
        stop.wait(EVERY_S)


def tidy(database: db.Database, kept_for: timedelta | None, now: datetime) -> int:
    """Forget old secrets and old delivered deliveries; gives how many of these.

    The events stay. Of what was told of a verdict the delivery stays without its attempts: who had it
    is told of its withdrawal.
    """
    with database.write() as session:
        db.sending.forget_secrets(session, now)
    dropped, more = 0, kept_for is not None
    while kept_for is not None and more:
        with database.write() as session:
            count, more = db.delivery_log.drop(session, now - kept_for, AT_ONCE)
        dropped += count
    return dropped
