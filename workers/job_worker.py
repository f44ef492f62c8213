"""The process that runs jobs: `python -m workers.job_worker`."""

import os
import shutil
import socket
import threading
import uuid
from pathlib import Path

import structlog

from app import telemetry
from app.blobs.local import LocalBlobs
from app.core.media import DecodeLimits
from app.db import Database
from app.jobs import Handler, JobKind, JobWorker
from app.services import heartbeat, leftovers, processing
from app.services.heavy import Bench
from app.settings import Settings
from workers.child import Setup
from workers.children import Children, Patience
from workers.own_folder import own_folder
from workers.parent import follow_supervisor, stop_signal

BEATS_A_TIMEOUT = 5
MATCH_PATIENCE_S = 900.0
PATIENCE_BEYOND_DECODING_S = 600.0

log = structlog.get_logger(__name__)


def main() -> None:
    """Take jobs until told to stop; what is unfinished then is left for whoever comes next."""
    follow_supervisor()
    stop = stop_signal()
    settings = Settings()
    telemetry.configure(as_json=settings.log_json, process="jobs")
    database = Database(settings.resolved_database_url)
    work_folder = own_folder(settings.run_dir / "work")
    bench = _children(settings, work_folder)
    blobs = LocalBlobs(settings.blobs_dir, reserve_bytes=0)
    worker_id = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
    handler = Handler(
        run=lambda media_id: process(database, bench, blobs, media_id),
        give_up=lambda media_id: processing.give_up(database, media_id),
    )
    jobs = JobWorker(
        settings.resolved_database_url,
        worker_id,
        {JobKind.PROCESS_MEDIA: handler},
        settings.job_processes,
    )
    # Known to the others before its first job, or nobody would miss it.
    heartbeat.beat(database, worker_id, socket.gethostname())
    jobs.start()
    log.info("jobs.started", worker=worker_id, at_once=settings.job_processes)
    _beat_until(stop, database, jobs, worker_id, settings.heartbeat_timeout_s)
    heartbeat.sign_off(database, worker_id)
    shutil.rmtree(work_folder, ignore_errors=True)
    # No unwinding: jobs in mid-work must not see their children go and take it for a crash.
    os._exit(0)


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


def _children(settings: Settings, work_folder: Path) -> Children:
    limits = DecodeLimits(
        cpu_s=settings.decode_cpu_s,
        wall_s=settings.decode_wall_s,
        memory_bytes=settings.decode_memory_bytes,
        pixels=settings.media_max_pixels,
        duration_ms=settings.media_max_duration_ms,
    )
    setup = Setup(
        database_url=settings.resolved_database_url,
        blobs_folder=settings.blobs_dir,
        run_folder=settings.run_dir,
        work_folder=work_folder,
        frames_model=settings.sscd_model,
        views_model=settings.sscd_view_model,
        limits=limits,
        threads=_prepare_environment(settings.job_processes),
        log_json=settings.log_json,
    )
    patience = Patience(settings.decode_wall_s + PATIENCE_BEYOND_DECODING_S, MATCH_PATIENCE_S)
    return Children(setup, settings.job_processes, patience)


def _prepare_environment(processes: int) -> int:
    """Set what children read when they load their libraries; gives the threads of each."""
    # Whoever ends without unwinding leaves semaphores; they are removed, nobody needs to be told.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    threads = max(1, len(os.sched_getaffinity(0)) // processes)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(threads)
    return threads


if __name__ == "__main__":
    main()
