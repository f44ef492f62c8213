"""What the desk removes by itself: what processes left when they ended, what expired, items due."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from app import db
from app.access import SYSTEM
from app.jobs import JobQueue
from app.schemas.privacy_enums import PurgeAuthority, RetentionClass
from app.schemas.purging import PurgeRequest
from app.services import idempotency, retention, shredding, uploads
from app.services.retention import RetentionPolicy
from app.services.shredding import Shredder

AT_ONCE = 100
UNFINISHED_EVERY_S = 30.0
JOBS_KEPT_FOR = timedelta(days=7)

log = structlog.get_logger(__name__)


def run(
    mine: Shredder,
    jobs: JobQueue,
    policy: RetentionPolicy,
    every_s: float,
    stop: threading.Event,
) -> None:
    """Look for what is due at once and each `every_s`, for unfinished purges and uploads more often."""
    waited_s = every_s
    while not stop.is_set():
        _tried("purges", lambda: shredding.finish_all(mine))
        _tried("uploads", lambda: uploads.sweep(mine.database, mine.blobs.parts))
        if waited_s >= every_s:
            _tried("incoming files", mine.blobs.sweep)
            _tried("kept answers", lambda: idempotency.forget_old(mine.database))
            _tried("jobs", lambda: jobs.forget_done(db.now() - JOBS_KEPT_FOR))
            if _tried("retention", lambda: purge_due(mine, policy)):
                waited_s = 0.0
        pause_s = min(UNFINISHED_EVERY_S, every_s)
        stop.wait(pause_s)
        waited_s += pause_s


def purge_due(mine: Shredder, policy: RetentionPolicy) -> int:
    """Purge what is due, neither held nor public, of the classes that the desk purges itself.

    Gives how many.
    """
    at = db.now()
    cutoffs = policy.cutoffs(at, policy.automatic)
    purged, cursor, more = 0, None, bool(cutoffs)
    while more:
        with mine.database.read() as session:
            page = db.retention.due(session, cutoffs, AT_ONCE, cursor)
            ids = [item.id for item in page.items]
            kept, held = db.retention.of(session, ids), db.holds.held_among(session, ids)
        for media_id in ids:
            if media_id not in held and not kept[media_id].is_public:
                name = kept[media_id].retention_class
                # Whoever took it up while the items before it were purged keeps it.
                check = partial(
                    retention.check_due, policy=policy, at=at, name=name, media_id=media_id
                )
                purged += shredding.purge(mine, media_id, _because_of(name), SYSTEM, check)
        cursor, more = page.next, page.next is not None
    return purged


def _because_of(name: RetentionClass) -> PurgeRequest:
    reason = f"Kept as long as {name.value} is kept."
    return PurgeRequest(authority=PurgeAuthority.RETENTION, reason=reason)


def _tried(duty: str, work: Callable[[], object]) -> bool:
    try:
        work()
    except Exception:
        log.exception("housekeeping.interrupted", duty=duty)
        return False
    return True
