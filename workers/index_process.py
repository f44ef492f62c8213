"""The machine's one copy of the search indexes in memory: `python -m workers.index_process`.

A lock file lets one process of a data folder serve; another one waits to take its place.
"""

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection, Listener
from pathlib import Path

import structlog

from app import telemetry
from app.core.errors import CoreError
from app.core.index import SearchQuery
from app.core.index.engines import engine_of
from app.db import Database
from app.private_files import keep_files_private
from app.schemas.enums import Shelf
from app.services import hindrances
from app.services.index_client import AS_OF, OK, REFUSED, SEARCH, STATS, reachable
from app.services.index_keeping import IndexKeeper
from app.settings import Settings
from workers.parent import follow_supervisor, stop_signal

WAIT_FOR_PLACE_S = 0.2
CONNECTIONS_WAITING = 64
# Every search catches up first; in between this keeps the next search from having much to do.
FOLLOW_EVERY_S = 1.0

type Keepers = Mapping[Shelf, IndexKeeper]

log = structlog.get_logger(__name__)


def main() -> None:
    """Open the indexes, from their files and the database's rows, then answer until told to stop."""
    follow_supervisor()
    keep_files_private()
    stop = stop_signal()
    settings = Settings()
    telemetry.configure(as_json=settings.log_json, process="index")
    database = Database(settings.resolved_database_url)
    engine = engine_of(settings.frame_index)
    folders = {Shelf.KNOWN: settings.index_dir, Shelf.UPLOAD: settings.uploads_index_dir}
    keepers = {
        shelf: IndexKeeper(database, engine, folder, shelf) for shelf, folder in folders.items()
    }
    with _only_one(settings.run_dir, stop):
        if not stop.is_set():
            for keeper in keepers.values():
                keeper.open()
            serving = (settings.run_dir, keepers, stop)
            threading.Thread(target=serve_or_stop, args=serving, daemon=True).start()
        while not stop.wait(FOLLOW_EVERY_S):
            for keeper in keepers.values():
                _follow(keeper)
    database.close()


def _follow(keeper: IndexKeeper) -> None:
    try:
        keeper.catch_up()
        keeper.save()
    except Exception:
        log.exception("index.follow_failed")


def serve_or_stop(run_folder: Path, keepers: Keepers, stop: threading.Event) -> None:
    """Serve; when that fails, end the process, so that the supervisor starts one that can."""
    try:
        serve(run_folder, keepers)
    except Exception:
        log.exception("index.cannot_serve")
    stop.set()


def serve(run_folder: Path, keepers: Keepers) -> None:
    """Answer on the folder's socket for ever."""
    with listening(run_folder) as listener:
        for shelf, keeper in keepers.items():
            log.info("index.serving", shelf=shelf, **asdict(keeper.stats()))
        accept(listener, keepers, threading.Event())


@contextlib.contextmanager
def listening(run_folder: Path) -> Iterator[Listener]:
    """Take the folder's socket; whoever connects from then on waits to be answered."""
    with reachable(run_folder) as address:
        with contextlib.suppress(FileNotFoundError):
            Path(address).unlink()
        # The socket is its owner's alone from its first moment on.
        before = os.umask(0o177)
        try:
            listener = Listener(address, "AF_UNIX", backlog=CONNECTIONS_WAITING)
        finally:
            os.umask(before)
        with listener:
            yield listener


def accept(listener: Listener, keepers: Keepers, over: threading.Event) -> None:
    """Answer each connection in a thread of its own; the first that comes when it is over ends it."""
    while True:
        connection = listener.accept()
        if over.is_set():
            connection.close()
            return
        threading.Thread(target=_converse, args=(connection, keepers), daemon=True).start()


def _converse(connection: "Connection[bytes, bytes]", keepers: Keepers) -> None:
    with connection, contextlib.suppress(EOFError, OSError):
        while True:
            connection.send_bytes(_answer(connection.recv_bytes(), keepers))


def _answer(request: bytes, keepers: Keepers) -> bytes:
    try:
        for shelf, keeper in keepers.items():
            if request[:1] == SEARCH[shelf]:
                hits, stats = keeper.search(SearchQuery.from_bytes(request[1:]))
                as_of = AS_OF.pack(stats.as_of_seq, stats.items, stats.not_comparable)
                return OK + as_of + hits.to_bytes()
            if request == STATS[shelf]:
                return OK + json.dumps(asdict(keeper.stats())).encode()
    except CoreError as error:
        return REFUSED + str(error).encode()
    except Exception as error:
        log.exception("index.request_failed")
        if hindrances.for_all(error):
            # Without an answer who asks waits: refused, it would take it for the item's own fault.
            raise ConnectionAbortedError from error
        return REFUSED + b"The index failed; its log has the cause."
    return REFUSED + b"There is no such operation."


@contextlib.contextmanager
def _only_one(run_folder: Path, stop: threading.Event) -> Iterator[None]:
    with (run_folder / "index.lock").open("w") as lock:
        while not stop.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(WAIT_FOR_PLACE_S)
            else:
                break
        yield


if __name__ == "__main__":
    main()
