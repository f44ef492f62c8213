"""Heavy work in child processes: a crash, a hang or a memory bomb ends one item's try only."""

import concurrent.futures
import contextlib
import multiprocessing
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import structlog
from pebble import ProcessExpired, ProcessPool

from app.core.errors import DecoderCrashed, DecoderTimedOut
from app.core.provenance.values import Provenance, TrustList
from app.db.rechecks import LogSpan
from app.services.heavy import BenchUnavailable, Found, Looked, Made
from workers import child
from workers.child import PROGRESS, Setup

TRIES = 2
LOOK_EVERY_S = 0.25
START_PATIENCE_S = 300.0
TASKS_A_CHILD = 200  # then a fresh one, in case a library leaks

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one piece of work may take."""

    preview_s: float
    fingerprint_s: float
    match_s: float
    reading_s: float


class Children:
    """A bench (`app.services.heavy.Bench`) whose work is done by warm child processes."""

    def __init__(self, setup: Setup, count: int, patience: Patience) -> None:
        self._setup, self._count, self._patience = setup, count, patience
        self._replacing = threading.Lock()
        self._closed = False
        self._pool = self._new_pool()
        self.algorithm: str = self._asked_at_start()

    def close(self) -> None:
        """End the child processes; what waits for them gets a `BenchUnavailable`."""
        with self._replacing:
            self._closed = True
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _asked_at_start(self) -> str:
        """What they make fingerprints by; `BenchUnavailable` if they end, or never begin."""
        try:
            return _waited(self._pool, child.algorithm, (), START_PATIENCE_S, lambda: None)
        except (RuntimeError, ProcessExpired, TimeoutError) as error:
            self.close()
            raise BenchUnavailable("The child processes cannot be started.") from error

    def preview(self, media_id: str, sha256: str) -> Found:
        """Look at a file's key frames in a child."""
        return self._run(child.preview, (media_id, sha256), self._patience.preview_s, lambda: None)

    def fingerprint(self, media_id: str, sha256: str, on_progress: Callable[[float], None]) -> Made:
        """Fingerprint in a child, telling how far it is."""
        with self._folder() as folder:

            def tell() -> None:
                _tell(folder / PROGRESS, on_progress)

            made = self._run(
                child.fingerprint, (media_id, sha256, folder), self._patience.fingerprint_s, tell
            )
            kept = made.encoded.rename(folder.with_suffix(".fingerprint"))
            return replace(made, encoded=kept)

    def read_provenance(
        self, media_id: str, sha256: str, lists: tuple[TrustList, ...]
    ) -> Provenance:
        """Read a file's provenance in a child, whose own readers are children too."""
        asked = (media_id, sha256, lists)
        return self._run(child.read_provenance, asked, self._patience.reading_s, lambda: None)

    def match(self, media_id: str) -> Found:
        """Match in a child."""
        return self._run(child.match, (media_id,), self._patience.match_s, lambda: None)

    def recheck(self, media_id: str, span: LogSpan) -> Found:
        """Match with what became known within a span, in a child."""
        return self._run(child.recheck, (media_id, span), self._patience.match_s, lambda: None)

    def look_up(self, name: str) -> Looked:
        """Fingerprint and match a passing file in a child."""
        with self._folder() as folder:
            patience_s = self._patience.fingerprint_s
            return self._run(child.look_up, (name, folder), patience_s, lambda: None)

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        """A folder for one piece of work; a child that failed or was ended leaves files in it."""
        folder = self._setup.work_folder / uuid.uuid4().hex
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run[R](
        self,
        work: Callable[..., R],
        arguments: tuple[Any, ...],
        timeout_s: float,
        tell: Callable[[], None],
    ) -> R:
        crashes = replaced = 0
        while crashes < TRIES and replaced < TRIES:
            pool = self._pool
            try:
                return _waited(pool, work, arguments, timeout_s, tell)
            except TimeoutError as error:
                raise DecoderTimedOut(f"Not done after {timeout_s:.0f} s.") from error
            except ProcessExpired as error:
                crashes += 1
                log.warning("child.crashed", work=work.__name__, code=error.exitcode, times=crashes)
            except RuntimeError as error:
                if pool.active:
                    raise
                replaced += 1
                self._replace(pool)
                log.warning("children.replaced", work=work.__name__, error=str(error))
        if crashes == TRIES:
            raise DecoderCrashed("The decoder crashed on this file, each time it was tried.")
        raise BenchUnavailable("The child processes end before they take any work.")

    def _new_pool(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self._count,
            max_tasks=TASKS_A_CHILD,
            initializer=child.start,
            initargs=(self._setup,),
            context=_fork_server(),
        )
        if not pool.active:  # asking starts its processes
            raise BenchUnavailable("The child processes cannot be started.")
        return pool

    def _replace(self, broken: ProcessPool) -> None:
        with self._replacing:
            if self._closed:
                raise BenchUnavailable("The child processes were closed.")
            if self._pool is broken:
                broken.stop()  # type: ignore[no-untyped-call]
                self._pool = self._new_pool()


def _fork_server() -> ForkServerContext:
    """What makes children: a process that has loaded what they need, so that each is there at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["workers.fork_server"])
    return context


def _tell(progress: Path, on_progress: Callable[[float], None]) -> None:
    try:
        share = float(progress.read_text())
    except (OSError, ValueError):
        return  # nothing was written yet, or only half of it
    try:
        on_progress(share)
    except Exception:
        # The work goes on, whoever cannot be told of it.
        log.exception("child.progress_untold")


def _waited[R](
    pool: ProcessPool,
    work: Callable[..., R],
    arguments: tuple[Any, ...],
    timeout_s: float,
    tell: Callable[[], None],
) -> R:
    future = pool.schedule(work, args=arguments, timeout=timeout_s)
    try:
        while not concurrent.futures.wait([future], LOOK_EVERY_S).done:
            # What is asked for in the moment of breaking is never answered.
            if not pool.active:
                raise RuntimeError("The child processes ended while nothing was asked of them.")
            tell()
        return future.result()
    finally:
        # If it is left before its end, nobody waits for it, and its folder is removed.
        future.cancel()  # type: ignore[no-untyped-call]
