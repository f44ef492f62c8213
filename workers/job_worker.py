"""The process that runs jobs: `python -m workers.job_worker`."""

import os
import shutil
import socket
import threading
import uuid
from collections.abc import Callable

import structlog

from app import telemetry
from app.blobs.local import LocalBlobs
from app.blobs.purge_list import PurgeList
from app.bootstrap import retention_policy
from app.db import Database
from app.jobs import Handler, JobKind, JobQueue, JobWorker, Persistence
from app.own_folder import own_folder
from app.private_files import keep_files_private
from app.services import (
    heartbeat,
    hindrances,
    housekeeping,
    leftovers,
    looking_up,
    looking_up_files,
    lookups,
    previewing,
    processing,
    rechecking,
    refingerprinting,
    reminding,
    rereading,
)
from app.services.heavy import Bench
from app.services.item_table import ItemTable
from app.services.listed_table import ListedTable
from app.services.looking_up import Tables
from app.services.shredding import Shredder
from app.services.signal_watch import SignalWatch
from app.settings import Settings
from workers import custody, importing
from workers.benches import Benches
from workers.parent import follow_supervisor, stop_signal

BEATS_A_TIMEOUT = 5
PREVIEW_POLL_S = 0.1
READ_AGAIN_POLL_S = 1.0
LOOKUP_POLL_S = 0.2
LOOKUPS_AT_ONCE = 2

log = structlog.get_logger(__name__)


def main() -> None:
    """Take jobs until told to stop; what is unfinished then is left for whoever comes next."""
    follow_supervisor()
    keep_files_private()
    stop = stop_signal()
    settings = Settings()
    telemetry.configure(as_json=settings.log_json, process="jobs")
    database = Database(settings.resolved_database_url)
    work_folder = own_folder(settings.run_dir / "work")
    benches = Benches(settings, work_folder)
    blobs = LocalBlobs(settings.blobs_dir, reserve_bytes=0)
    worker_id = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
    listed = ListedTable(database)
    tables = Tables(database, ItemTable(database), listed)
    handlers = _handlers(settings, tables, benches, blobs)
    persistence = Persistence(waits_out=hindrances.for_all)
    jobs = JobWorker(settings.resolved_database_url, worker_id, handlers, persistence)
    # Known to the others before its first job, or nobody would miss it.
    heartbeat.beat(database, worker_id, socket.gethostname())
    queue = JobQueue(settings.resolved_database_url)
    rereading.plan(database, queue)
    jobs.start()
    log.info("jobs.started", worker=worker_id, at_once=settings.job_processes)
    _search_in_spare_time(settings, database, blobs, benches, worker_id, stop=stop)
    custody.start(settings, database, blobs, stop)
    importing.start(settings, database, queue, worker_id, stop)
    shredder = Shredder(database, blobs, PurgeList(settings.purge_list_path))
    policy, every_s = retention_policy(settings), settings.retention_every_s
    _in_background(housekeeping.run, shredder, queue, policy, every_s, stop)
    _in_background(reminding.run, database, stop)
    _in_background(SignalWatch(database, blobs, listed).run, stop)
    _in_background(lookups.keep_swept, database, blobs.passing, stop)
    _beat_until(stop, database, jobs, worker_id, settings.heartbeat_timeout_s)
    heartbeat.sign_off(database, worker_id, settings.heartbeat_timeout_s)
    shutil.rmtree(work_folder, ignore_errors=True)
    # No unwinding: jobs in mid-work must not see their children go and take it for a crash.
    os._exit(0)


def _search_in_spare_time(
    settings: Settings,
    database: Database,
    blobs: LocalBlobs,
    benches: Benches,
    worker_id: str,
    *,
    stop: threading.Event,
) -> None:
    """Fingerprint anew what an older algorithm did; match what becomes known with earlier items."""
    algorithm, timeout_s = benches.full.algorithm, settings.heartbeat_timeout_s
    upgrader = refingerprinting.Upgrader(database, blobs, algorithm, worker_id, timeout_s)
    _in_background(refingerprinting.run, upgrader, benches.spare, stop)
    rechecker = rechecking.Rechecker(database, algorithm, worker_id, timeout_s)
    _in_background(rechecking.run, rechecker, benches.spare, stop)


def _in_background[**P](work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Do `work` in a thread of its own, which ends with the process."""
    threading.Thread(target=work, args=args, kwargs=kwargs, daemon=True).start()


def _handlers(
    settings: Settings, tables: Tables, benches: Benches, blobs: LocalBlobs
) -> dict[JobKind, Handler]:
    database = tables.database
    return {
        JobKind.PREVIEW_MEDIA: Handler(
            run=lambda media_id: previewing.preview(database, benches.first, media_id),
            give_up=lambda media_id: previewing.end(database, media_id),
            poll_s=PREVIEW_POLL_S,
        ),
        JobKind.PROCESS_MEDIA: Handler(
            run=lambda media_id: process(database, benches.full, blobs, media_id),
            give_up=lambda media_id: processing.give_up(database, media_id),
            at_once=settings.job_processes,
        ),
        JobKind.READ_AGAIN: Handler(
            run=lambda _why: rereading.run(database, blobs, benches.spare),
            give_up=rereading.give_up,
            poll_s=READ_AGAIN_POLL_S,
        ),
        JobKind.LOOK_UP: Handler(
            run=lambda lookup_id: looking_up.run(tables, lookup_id),
            give_up=lambda lookup_id: looking_up.give_up(database, lookup_id),
            at_once=LOOKUPS_AT_ONCE,
            poll_s=LOOKUP_POLL_S,
        ),
        JobKind.LOOK_UP_FILE: Handler(
            run=lambda lookup_id: look_up_file(tables, benches, blobs, lookup_id),
            give_up=lambda lookup_id: looking_up_files.give_up(database, blobs, lookup_id),
            poll_s=LOOKUP_POLL_S,
        ),
    }


def look_up_file(tables: Tables, benches: Benches, blobs: LocalBlobs, lookup_id: str) -> None:
    """Answer one lookup of a file, whatever the children for full answers are at."""
    with benches.lookups() as bench:
        looking_up_files.run(tables, bench, blobs, lookup_id)


def process(database: Database, bench: Bench, blobs: LocalBlobs, media_id: str) -> None:
    """Bring an item to its end, or remove what is left of one that was deleted."""
    processing.process(database, bench, media_id)
    # Deleted while it was worked on: then it was deleted before its pictures were kept.
    leftovers.drop_derived(database, blobs, media_id)


def _beat_until(
    stop: threading.Event, database: Database, jobs: JobWorker, worker_id: str, timeout_s: float
) -> None:
    while not stop.is_set():
        try:
            heartbeat.beat(database, worker_id, socket.gethostname())
            heartbeat.take_over_from_dead(database, jobs, timeout_s)
        except Exception:
            log.exception("heartbeat.failed")
        stop.wait(timeout_s / BEATS_A_TIMEOUT)


if __name__ == "__main__":
    main()
