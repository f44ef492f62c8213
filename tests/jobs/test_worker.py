"""The promises of the job ring, kept by real worker processes on both engines."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import db
from app.bootstrap import Parts
from app.jobs import JobKind
from tests.jobs.worker_process import MAX_STARTS, OUTAGE_TRIES

PATIENCE_S = 60.0


class Workshop:
    """Worker processes on one database, and the diary that they write."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self._parts = parts
        self._diary = folder / "diary"
        self._processes: list[subprocess.Popen[bytes]] = []

    def hire(self, worker_id: str) -> subprocess.Popen[bytes]:
        url = self._parts.settings.resolved_database_url
        module = [sys.executable, "-m", "tests.jobs.worker_process"]
        command = [*module, url, worker_id, str(self._diary)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._processes.append(process)
        return process

    def enqueue(self, *subjects: str, kind: JobKind = JobKind.PROCESS_MEDIA) -> None:
        with self._parts.database.write() as session:
            for subject in subjects:
                self._parts.jobs.enqueue(session, kind, subject)

    def enqueue_and_fail(self, subject: str) -> None:
        with self._parts.database.write() as session:
            self._parts.jobs.enqueue(session, JobKind.PROCESS_MEDIA, subject)
            raise RuntimeError("on purpose")

    def lines(self) -> list[str]:
        return self._diary.read_text().splitlines() if self._diary.exists() else []

    def wait_for(self, line: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not any(each.startswith(line) for each in self.lines()):
            assert time.monotonic() < until, f"no {line!r} in {self.lines()}"
            time.sleep(0.05)

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def workshop(parts: Parts, tmp_path: Path) -> Iterator[Workshop]:
    opened = Workshop(parts, tmp_path)
    yield opened
    opened.close()


def test_jobs_run_once_and_those_of_a_failed_transaction_never(workshop: Workshop) -> None:
    workshop.enqueue("one", "two")
    workshop.enqueue("one")
    with pytest.raises(RuntimeError, match="on purpose"):
        workshop.enqueue_and_fail("never")
    workshop.hire("first")
    workshop.wait_for("end one")
    workshop.wait_for("end two")
    workshop.enqueue("last")
    workshop.wait_for("end last")
    started = sorted(line.split()[1] for line in workshop.lines() if line.startswith("start"))
    assert started == ["last", "one", "two"]


def test_what_is_done_is_forgotten_and_nothing_else(
    workshop: Workshop, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.queue.AT_ONCE", 2)
    kept = [("again", JobKind.READ_AGAIN), ("slow", JobKind.PROCESS_MEDIA)]
    done = [(f"done {number}", JobKind.LOOK_UP) for number in range(5)]
    for subject, kind in kept + done:
        workshop.enqueue(subject, kind=kind)
    workshop.hire("first")
    for subject in ("again", *(subject for subject, _ in done)):
        workshop.wait_for(f"end {subject}")
    until = time.monotonic() + PATIENCE_S
    forgotten = parts.jobs.forget_done(db.now() - timedelta(days=1))
    assert forgotten == 0, "of today"
    while (
        forgotten < len(done) and time.monotonic() < until
    ):  # what is said is noted a moment later
        forgotten += parts.jobs.forget_done(db.now() + timedelta(days=1))
        time.sleep(0.05)
    assert forgotten == len(done)
    assert [parts.jobs.attempts(kind, subject) for subject, kind in kept] == [1, 1]
    assert parts.jobs.has_open(JobKind.PROCESS_MEDIA, started_below=10)


def test_a_job_that_keeps_failing_is_given_up(workshop: Workshop) -> None:
    workshop.enqueue("bad")
    workshop.hire("first")
    workshop.wait_for("given-up bad")
    assert workshop.lines().count("start bad first") == 3


def test_what_is_no_fault_of_the_job_is_waited_out(workshop: Workshop) -> None:
    workshop.enqueue("hindered")
    workshop.hire("first")
    workshop.wait_for("end hindered")
    assert workshop.lines().count("start hindered first") == OUTAGE_TRIES
    assert "given-up hindered first" not in workshop.lines()


@pytest.mark.long
def test_the_job_of_a_worker_that_never_comes_back_is_taken_over(workshop: Workshop) -> None:
    first = workshop.hire("first")
    workshop.enqueue("slow")
    workshop.wait_for("start slow first")
    workshop.hire("second")
    first.kill()
    first.wait()
    workshop.wait_for("end slow second")
    assert workshop.lines().count("start slow second") == 1


@pytest.mark.long
def test_a_job_that_ends_its_worker_each_time_is_given_up(workshop: Workshop) -> None:
    workshop.enqueue("deadly")
    for number in range(MAX_STARTS):
        assert workshop.hire(f"worker-{number}").wait(PATIENCE_S) == 9
    workshop.hire("survivor")
    workshop.wait_for("given-up deadly")
    starts = [line for line in workshop.lines() if line.startswith("start deadly")]
    assert len(starts) == MAX_STARTS


def test_a_preview_does_not_wait_behind_long_jobs(workshop: Workshop) -> None:
    workshop.enqueue("slow 1", "slow 2", "slow 3")
    workshop.hire("first")
    workshop.wait_for("start slow 1")
    workshop.wait_for("start slow 2")
    workshop.enqueue("early", kind=JobKind.PREVIEW_MEDIA)
    workshop.wait_for("end early")
    assert not any(line.startswith("end slow") for line in workshop.lines())
