"""Start processes, start anew what dies, stop all of them with one clean signal each."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from workers.parent import environment

LOOK_EVERY_S = 0.2
GRACE_S = 8.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
HEALTHY_AFTER_S = 20.0

log = structlog.get_logger(__name__)


@dataclass
class Child:
    """One process: a module of ours and its arguments."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause_s: float = field(default=FIRST_PAUSE_S)

    def start(self) -> None:
        """Start it in a session of its own, which the terminal's Ctrl-C does not reach."""
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", *self.command], env=environment(), start_new_session=True
        )
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it if it is due; note its death, or that it cannot start, and when to try again."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self._try_to_start(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        if now - self.started_at > HEALTHY_AFTER_S:
            self.pause_s = FIRST_PAUSE_S
        log.warning("child.ended", child=self.name, code=code, restart_in_s=self.pause_s)
        self._put_off(now)

    def _try_to_start(self, now: float) -> None:
        try:
            self.start()
        except OSError as error:
            # No memory or no process left: what runs is to go on, and this one is tried again.
            log.warning(
                "child.not_started",
                child=self.name,
                error=error.strerror,
                restart_in_s=self.pause_s,
            )
            self._put_off(now)

    def _put_off(self, now: float) -> None:
        self.start_at = now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)


def supervise(children: Sequence[Child], stop: threading.Event) -> None:
    """Keep the children running until `stop` is set, then end them."""
    try:
        while not stop.is_set():
            for child in children:
                child.look()
            stop.wait(LOOK_EVERY_S)
    finally:
        _end(children)


def _end(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + GRACE_S
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("child.killed", pid=process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
