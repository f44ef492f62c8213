"""Read items again that were read by another reader, or under other trust lists than now."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog

from app import db
from app.blobs.local import LocalBlobs
from app.core.errors import BadEncoding
from app.core.provenance.values import READER
from app.jobs import JobKind, JobQueue, Persistence
from app.services import hindrances, leftovers, provenance
from app.services.heavy import Bench

log = structlog.get_logger(__name__)


def plan(database: db.Database, jobs: JobQueue) -> None:
    """Promise to read what is behind, unless that is promised; anew if an earlier try left some."""
    # One that was started as often as it may be is given up when its worker ends.
    if jobs.has_open(JobKind.READ_AGAIN, started_below=Persistence().max_starts):
        return
    subject = f"reader-{READER}"
    attempt = jobs.attempts(JobKind.READ_AGAIN, subject) + 1
    with database.write() as session:
        revision = db.trust_lists.revision(session)
        if db.provenance.next_stale(session, READER, revision, after="") is not None:
            jobs.enqueue(session, JobKind.READ_AGAIN, subject, attempt)


def run(
    database: db.Database,
    blobs: LocalBlobs,
    open_bench: Callable[[], AbstractContextManager[Bench]],
) -> None:
    """Read everything that is behind, one item after the other; run again, it goes on.

    An item that cannot be read is left behind until somebody plans again.
    """
    media_id = _next(database, after="")
    if media_id is None:
        return
    with open_bench() as bench:
        while media_id is not None:
            try:
                provenance.read(database, bench, media_id)
                # Deleted while it was read: then it was deleted before its manifest store was kept.
                leftovers.drop_derived(database, blobs, media_id)
            except FileNotFoundError:
                log.warning("provenance.file_lost", media_id=media_id)
            except BadEncoding:
                # Of an earlier version: it is read again with its new fingerprint.
                log.info("provenance.later", media_id=media_id)
            except Exception as error:
                if hindrances.for_all(error):
                    raise
                log.exception("provenance.rereading_failed", media_id=media_id)
            media_id = _next(database, after=media_id)


def give_up(why: str) -> None:
    """Leave what is behind as it is until a worker starts: each reading says by which reader it is."""
    log.error("provenance.rereading_given_up", why=why)


def _next(database: db.Database, after: str) -> str | None:
    with database.read() as session:
        revision = db.trust_lists.revision(session)
        return db.provenance.next_stale(session, READER, revision, after)
