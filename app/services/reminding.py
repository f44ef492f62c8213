"""Reminders: a record whose date has passed calls for attention, once a date."""

import threading

import structlog

from app import db
from app.schemas.record_enums import AttentionReason
from app.services import attention

EVERY_S = 30.0
AT_ONCE = 100

log = structlog.get_logger(__name__)


def run(database: db.Database, stop: threading.Event) -> None:
    """Look for what is due until `stop` is set; any number may do so at once."""
    while not stop.is_set():
        try:
            remind(database)
        except Exception:
            log.exception("reminding.failed")
        stop.wait(EVERY_S)


def remind(database: db.Database) -> int:
    """Open `review_due` on every record that is due and of which nobody was told; how many."""
    reminded = 0
    while True:
        with database.read() as session:
            found = db.attention.overdue(session, db.now(), AT_ONCE)
        for media_id in found:
            reminded += _remind_of(database, media_id)
        if len(found) < AT_ONCE:
            return reminded


def _remind_of(database: db.Database, media_id: str) -> bool:
    with database.write() as session:
        db.in_commit_order(session)
        record = db.verifications.locked(session, media_id)
        # Somebody may have set another date, or another process may have been here.
        if record is None or not db.attention.overdue(session, db.now(), 1, media_id):
            return False
        due_at = record.due_at.isoformat() if record.due_at else None
        attention.open(session, media_id, AttentionReason.REVIEW_DUE, {"due_at": due_at})
        return True
