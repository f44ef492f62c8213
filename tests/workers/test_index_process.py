"""The index process: sizes 0, 1, 2, additions, removals, a deep folder, a kill, a second one."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import override

import numpy as np
import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import db
from app.bootstrap import Parts
from app.core.fingerprints.fingerprint import Fingerprint, encode
from app.core.index import SearchHits, SearchQuery
from app.core.media import MediaKind
from app.db import Database
from app.db.fingerprints import StoredFingerprint
from app.db.known import KnownChange, KnownLogEntry
from app.schemas.enums import Shelf
from app.services.index_client import (
    STATS_WITHIN_S,
    IndexClient,
    IndexStats,
    IndexUnavailable,
    reachable,
)
from app.services.index_keeping import IndexKeeper
from tests.meanwhile import meanwhile
from tests.receiver import wait_until
from tests.records import add_item
from tests.services.conftest import answering
from workers import index_process
from workers.parent import environment

ALGORITHM = "test"


def _fingerprint(seed: int, frames: int = 3) -> Fingerprint:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(frames, 512))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Fingerprint(
        algorithm=ALGORITHM,
        kind=MediaKind.VIDEO,
        duration_ms=frames * 1000,
        width=320,
        height=240,
        timestamps_ms=np.arange(frames, dtype=np.int64) * 1000,
        shots=np.arange(frames, dtype=np.int32),
        votes=np.ones(frames, np.bool_),
        pdq=random.integers(0, 256, (frames, 32), np.uint8),
        pdq_quality=np.full(frames, 100, np.uint8),
        phash=random.integers(0, 256, (frames, 8), np.uint8),
        descriptors=vectors.astype(np.float16),
        view_names=("whole",),
        view_ids=np.zeros((frames, 1), np.int16),
        view_descriptors=np.round(vectors * 127).astype(np.int8)[:, None],
        view_boxes=np.array([[0, 0, 1, 1]], np.float32),
        sound=np.empty(0, np.uint32),
        sound_votes=np.empty(0, np.bool_),
    )


def _make_known(database: Database, fingerprint: Fingerprint) -> int:
    with database.write() as session:
        stored = db.fingerprints.StoredFingerprint(
            media_id=add_item(session),
            algorithm=ALGORITHM,
            frames=fingerprint.frames,
            encoded=encode(fingerprint),
        )
        session.add(stored)
        session.flush()
        session.add(KnownLogEntry(fingerprint_number=stored.number, change=KnownChange.ADDED))
        return stored.number


def _forget(database: Database, number: int) -> None:
    with database.write() as session:
        session.add(KnownLogEntry(fingerprint_number=number, change=KnownChange.REMOVED))


class Index:
    """Index processes of one data folder, and what a search finds in them."""

    def __init__(self, parts: Parts, **given: str) -> None:
        self.client = IndexClient(parts.settings.run_dir)
        settings = parts.settings
        self._given = {
            "PROVENANCE_DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.resolved_database_url,
        } | given
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self, module: str = "workers.index_process") -> None:
        command = [sys.executable, "-m", module]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, env=environment() | self._given, stderr=quiet)
        self.processes.append(process)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def find(self, fingerprint: Fingerprint) -> tuple[set[int], int]:
        answer = self.client.search(SearchQuery.of(fingerprint).to_bytes())
        found = SearchHits.from_bytes(answer.hits)
        return set(found.frames.number.tolist()), answer.items


@pytest.fixture
def index(parts: Parts) -> Iterator[Index]:
    opened = Index(parts)
    yield opened
    opened.close()


def test_what_is_committed_is_found_by_the_next_search(index: Index, database: Database) -> None:
    first, second = _fingerprint(1), _fingerprint(2)
    assert index.find(first) == (set(), 0)
    one = _make_known(database, first)
    assert index.find(first) == ({one}, 1)
    two = _make_known(database, second)
    assert index.find(second) == ({two}, 2)
    _forget(database, one)
    assert index.find(first) == (set(), 1)


def test_killed_it_comes_back_with_everything_and_a_client_waits(
    index: Index, database: Database
) -> None:
    number = _make_known(database, _fingerprint(1))
    assert index.find(_fingerprint(1)) == ({number}, 1)
    index.start()
    index.processes[0].kill()
    index.processes[0].wait()
    assert index.find(_fingerprint(1)) == ({number}, 1)
    assert index.client.stats().as_of_seq == 1
    index.processes[1].terminate()
    assert index.processes[1].wait(10) == 0


def test_the_socket_is_its_owners_alone_however_deep_the_folder(index: Index, parts: Parts) -> None:
    assert index.find(_fingerprint(1)) == (set(), 0)
    socket = parts.settings.run_dir / "index.sock"
    assert socket.stat().st_mode & 0o777 == 0o600
    assert parts.settings.run_dir.stat().st_mode & 0o777 == 0o700


def _is_stopped(pid: int) -> bool:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all((each / "stat").read_text().rpartition(") ")[2][0] == "T" for each in threads)


def _gives_up_in_time(asking: IndexClient, stopped: subprocess.Popen[bytes]) -> None:
    """Ask a process that was stopped how it is; it goes on afterwards."""
    asked = meanwhile(asking.stats)
    try:
        with pytest.raises(IndexUnavailable):
            asked.result(STATS_WITHIN_S + 3)
    finally:
        stopped.send_signal(signal.SIGCONT)


def test_an_index_that_hangs_does_not_hang_those_who_ask_when_nobody_more_may_wait(
    index: Index, parts: Parts
) -> None:
    assert index.find(_fingerprint(1)) == (set(), 0)
    asking = IndexClient(parts.settings.run_dir, patience_s=0)
    index.processes[0].send_signal(signal.SIGSTOP)
    wait_until(lambda: _is_stopped(index.processes[0].pid))
    with contextlib.ExitStack() as waiting:
        with reachable(parts.settings.run_dir) as address, pytest.raises(BlockingIOError):
            while True:
                one = waiting.enter_context(socket.socket(socket.AF_UNIX))
                one.settimeout(0)
                one.connect(address)
        _gives_up_in_time(asking, index.processes[0])
    assert IndexClient(parts.settings.run_dir).stats().items == 0


def test_an_index_that_hangs_does_not_hang_who_asks_how_it_is(index: Index, parts: Parts) -> None:
    assert index.find(_fingerprint(1)) == (set(), 0)
    asking = IndexClient(parts.settings.run_dir, patience_s=0)
    index.processes[0].send_signal(signal.SIGSTOP)
    _gives_up_in_time(asking, index.processes[0])
    assert asking.stats().items == 0


def test_a_process_that_cannot_serve_any_more_ends(database: Database, tmp_path: Path) -> None:
    stop = threading.Event()
    index_process.serve_or_stop(tmp_path / "nowhere", {Shelf.KNOWN: IndexKeeper(database)}, stop)
    assert stop.is_set()


@pytest.mark.long
class _Away(IndexKeeper):
    """One whose database is away for its first search."""

    tried = 0

    @override
    def search(self, query: SearchQuery) -> tuple[SearchHits, IndexStats]:
        self.tried += 1
        if self.tried == 1:
            raise OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused"))
        return super().search(query)


def test_who_asks_waits_while_the_database_is_away(parts: Parts, database: Database) -> None:
    number = _make_known(database, fingerprint := _fingerprint(4))
    query = SearchQuery.of(fingerprint).to_bytes()
    keepers = {Shelf.KNOWN: _Away(database)}
    with answering(parts.settings.run_dir, keepers):
        with pytest.raises(IndexUnavailable):
            IndexClient(parts.settings.run_dir, patience_s=0).search(query)
        answer = IndexClient(parts.settings.run_dir, patience_s=5).search(query)
    assert set(SearchHits.from_bytes(answer.hits).frames.number.tolist()) == {number}


@pytest.mark.long
def test_killed_while_it_writes_its_files_it_answers_as_one_made_anew(
    index: Index, database: Database
) -> None:
    random = np.random.default_rng(5)
    numbers: dict[int, int] = {}
    for start in range(0, 48, 16):
        index.processes[-1].kill()
        index.processes[-1].wait()
        index.start("tests.workers.index_process_of_small_parts")
        index.find(_fingerprint(start))
        for seed in range(start, start + 16):
            numbers[seed] = _make_known(database, _fingerprint(seed, frames=20))
            if seed % 5 == 4:
                _forget(database, numbers.pop(seed - 3))
            time.sleep(random.uniform(0, 0.12))
    index.processes[-1].kill()
    for _ in range(2):
        index.start()
        for seed in range(48):
            expected = {numbers[seed]} if seed in numbers else set()
            assert index.find(_fingerprint(seed, frames=20)) == (expected, len(numbers))
        index.processes[-1].kill()
        index.processes[-1].wait()


def test_started_anew_it_reads_its_files_and_not_the_rows(
    index: Index, database: Database, parts: Parts
) -> None:
    number = _make_known(database, _fingerprint(1))
    assert index.find(_fingerprint(1)) == ({number}, 1)
    index.processes[0].kill()
    index.processes[0].wait()
    with database.write() as session:
        session.execute(sa.update(StoredFingerprint).values(encoded=b"unreadable"))
    index.start()
    assert index.find(_fingerprint(1)) == ({number}, 1)
    index.processes[1].kill()
    index.processes[1].wait()
    (journal,) = parts.settings.index_dir.glob("*/*.journal")
    journal.write_bytes(b"damaged")
    index.start()
    assert index.find(_fingerprint(1)) == (set(), 0)
    assert index.client.stats().unusable == 1


def test_faiss_can_be_chosen(parts: Parts, database: Database) -> None:
    number = _make_known(database, _fingerprint(1))
    index = Index(parts, PROVENANCE_FRAME_INDEX="faiss")
    try:
        assert index.find(_fingerprint(1)) == ({number}, 1)
        (manifest,) = parts.settings.index_dir.glob("*/manifest.json")
        assert '"engine": "faiss"' in manifest.read_text()
    finally:
        index.close()
