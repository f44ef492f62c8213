"""A worker whose jobs do what their subject's name says: `python -m tests.jobs.worker_process`."""

import os
import sys
import time
from pathlib import Path

from app.db import Database
from app.jobs import Handler, JobKind, JobWorker, Persistence
from app.services import heartbeat

TIMEOUT_S = 1.5
MAX_STARTS = 2
OUTAGE_TRIES = 6


def main(url: str, worker_id: str, diary: Path) -> None:
    """Work for ever; every start of a job and every job given up is a line of the diary."""

    def note(what: str, subject: str) -> None:
        with diary.open("a") as file:
            file.write(f"{what} {subject} {worker_id}\n")

    def run(subject: str) -> None:
        note("start", subject)
        if subject.startswith("slow") and worker_id == "first":
            time.sleep(1000)
        if subject.startswith("deadly"):
            os._exit(9)
        if subject.startswith("bad"):
            raise RuntimeError("as its name says")
        if subject.startswith("hindered") and diary.read_text().count(subject) < OUTAGE_TRIES:
            raise ConnectionError("as its name says")
        note("end", subject)

    database = Database(url)
    handler = Handler(run, lambda subject: note("given-up", subject), at_once=2)
    persistence = Persistence(MAX_STARTS, (0.1, 0.1), _is_outage, outage_pauses_s=(0.1, 0.2))
    jobs = JobWorker(url, worker_id, dict.fromkeys(JobKind, handler), persistence)
    heartbeat.beat(database, worker_id, "here")
    jobs.start()
    while True:
        heartbeat.beat(database, worker_id, "here")
        heartbeat.take_over_from_dead(database, jobs, TIMEOUT_S)
        time.sleep(0.3)


def _is_outage(error: Exception) -> bool:
    return isinstance(error, ConnectionError)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
