"""Run jobs: the engine's executor, started and stopped, and the take-over of a dead one's jobs.

A job is one call of its handler and nothing else: handlers keep their progress in rows and can run
twice, so the engine records no steps of its own and its stored jobs survive every redeploy.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig

from app.jobs.idling import only_where_work_waits
from app.jobs.queue import APPLICATION, QUEUE_OF, JobKind

# The engine binds jobs to a version: raise it only when new code cannot run stored jobs.
JOBS_VERSION = "1"
GIVE_UP_RETRY_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """What a kind of job does; both take the subject's id and may run more than once.

    `at_once` jobs of the kind run in one worker, which looks for new ones each `poll_s`.
    """

    run: Callable[[str], None]
    give_up: Callable[[str], None]
    at_once: int = 1
    poll_s: float = 0.25


def _never(_error: Exception) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Persistence:
    """How much is tried before a job is given up.

    A job that ends its worker is started `max_starts` times, a redeploy in mid-job counting as
    one. Tries that merely fail count unless the error is none of the job's own: what `waits_out`
    says yes to is tried again without end, with the last pause again and again.
    """

    max_starts: int = 5
    retry_after_s: tuple[float, ...] = (1.0, 10.0, 60.0)
    waits_out: Callable[[Exception], bool] = _never
    outage_pauses_s: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

    def pauses(self) -> tuple[Iterator[float], Iterator[float]]:
        """The pauses between tries that count, and between those that do not."""
        longest = self.outage_pauses_s[-1]
        return iter(self.retry_after_s), chain(self.outage_pauses_s, repeat(longest))


class JobWorker:
    """One executor in this process; the engine allows one at a time."""

    def __init__(
        self,
        database_url: str,
        executor_id: str,
        handlers: Mapping[JobKind, Handler],
        persistence: Persistence = Persistence(),
    ) -> None:
        self._persistence = persistence
        self._client = DBOSClient(system_database_url=database_url, application_name=APPLICATION)
        self._handlers = handlers
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": database_url,
            "executor_id": executor_id,
            "application_version": JOBS_VERSION,
            "run_migrations": False,
            "log_level": "WARNING",
        }
        self._engine = DBOS(config=config)
        for kind, handler in handlers.items():
            self._register(kind, handler)

    def start(self) -> None:
        """Begin taking jobs."""
        DBOS.launch()
        # Not public either, hence pinned: without it, an idle worker is a busy one.
        system = self._engine._sys_db  # noqa: SLF001
        system.dequeue_scopes = only_where_work_waits(system.engine, system.dequeue_scopes)  # type: ignore[assignment, method-assign]
        for kind, handler in self._handlers.items():
            DBOS.register_queue(
                QUEUE_OF[kind],
                worker_concurrency=handler.at_once,
                polling_interval_sec=handler.poll_s,
            )

    def take_over(self, dead_executors: Sequence[str]) -> int:
        """Queue the unfinished jobs of dead executors again; repeating it changes nothing."""
        # Not public in the engine's open part, hence pinned and tested (tests/jobs/test_worker.py).
        return len(DBOS._recover_pending_workflows(list(dead_executors)))  # noqa: SLF001

    def stop(self) -> None:
        """Take no more jobs; those that run stay unfinished until somebody takes them over."""
        DBOS.destroy(destroy_registry=True)
        self._client.destroy()

    def _register(self, kind: JobKind, handler: Handler) -> None:
        persistence = self._persistence

        def job(subject_id: str) -> None:
            job_id = DBOS.workflow_id or ""
            with structlog.contextvars.bound_contextvars(job_id=job_id, subject_id=subject_id):
                too_often = self._starts(job_id) > persistence.max_starts
                if too_often or not _tried(handler.run, subject_id, persistence):
                    _given_up(handler.give_up, subject_id)

        # The engine's own limit would end the job without telling its subject.
        DBOS.workflow(name=kind.value, max_recovery_attempts=persistence.max_starts * 10)(job)

    def _starts(self, job_id: str) -> int:
        # Asked through the client: inside a job, the engine repeats its first answer for ever.
        found = self._client.list_workflows(workflow_ids=[job_id], load_input=False)
        return (found[0].recovery_attempts or 1) if found else 1


def _tried(run: Callable[[str], None], subject_id: str, persistence: Persistence) -> bool:
    counted, uncounted = persistence.pauses()
    while True:
        try:
            run(subject_id)
        except Exception as error:
            wait_s = next(uncounted if persistence.waits_out(error) else counted, None)
            log.exception("job.run_failed", retry_after_s=wait_s)
            if wait_s is None:
                return False
            time.sleep(wait_s)
        else:
            return True


def _given_up(give_up: Callable[[str], None], subject_id: str) -> None:
    # Without end: if the job ended before, its subject would wait for ever.
    while True:
        try:
            give_up(subject_id)
        except Exception:
            log.exception("job.give_up_failed", retry_after_s=GIVE_UP_RETRY_S)
            time.sleep(GIVE_UP_RETRY_S)
        else:
            return
