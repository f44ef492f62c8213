"""Say that a worker lives, and take over the jobs of those that no longer do."""

import structlog

from app import db
from app.jobs import JobWorker

# A dead worker is remembered: one that was only stalled may still take a job, and die then.
FORGET_AFTER_S = 3600.0

log = structlog.get_logger(__name__)


def beat(database: db.Database, worker_id: str, host: str) -> None:
    """Say that this worker lives."""
    with database.write() as session:
        db.workers.beat(session, worker_id, host)


def take_over_from_dead(database: db.Database, jobs: JobWorker, timeout_s: float) -> int:
    """Queue the unfinished jobs of silent workers anew; the number of jobs."""
    with database.read() as session:
        dead = db.workers.silent(session, timeout_s)
    if not dead:
        return 0
    taken = jobs.take_over(dead)
    with database.write() as session:
        db.workers.sign_off_ahead(session, dead, timeout_s)
        db.workers.forget_silent(session, dead, max(FORGET_AFTER_S, timeout_s))
    if taken:
        log.warning("jobs.taken_over", jobs=taken, workers=dead)
    return taken


def sign_off(database: db.Database, worker_id: str, timeout_s: float) -> None:
    """Let others take this worker's jobs over without waiting for its silence."""
    with database.write() as session:
        db.workers.sign_off(session, worker_id, timeout_s)
