"""Runs one program confined, with one file as its standard input, and names how it ended."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.core.errors import DecoderCrashed, DecoderTimedOut, TooLarge
from app.core.media import DecodeLimits

_LAUNCHER = str(Path(__file__).with_name("confine.py"))
_LOG_BYTES = 256 * 1024
_CRASHES = {
    -getattr(signal, name)
    for name in ("SIGKILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS", "SIGTRAP")
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code and the beginning of what it logged."""

    code: int
    log: str


@dataclass(slots=True)
class Child:
    """A running confined program; `stdout` is read by the caller, the log is kept in a file."""

    process: subprocess.Popen[bytes]
    stdout: IO[bytes]
    _log: Path
    _late: threading.Event = field(default_factory=threading.Event)

    def finish(self) -> Ended:
        """Wait for the end; raises for a crash, for used up time and for used up memory."""
        code = self.process.wait()
        log = self.logged()
        if self._late.is_set() or code == -signal.SIGXCPU or (code and _SIGXCPU_CAUGHT in log):
            raise DecoderTimedOut("Decoding took longer than allowed; upload a shorter part.")
        if code and ("Cannot allocate memory" in log or "MemoryError" in log):
            raise TooLarge("Decoding needs more memory than allowed; upload a smaller version.")
        if code in _CRASHES:
            raise DecoderCrashed("The decoder crashed on this file; try a re-encoded copy.")
        return Ended(code=code, log=log)

    def logged(self) -> str:
        """Give the beginning of what it has logged so far."""
        return self._log.read_bytes()[:_LOG_BYTES].decode(errors="replace")

    def kill(self) -> None:
        """End the whole process group at once."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def expire(self) -> None:
        """End it because its wall time is used up."""
        self._late.set()
        self.kill()


# ffmpeg handles the signal of the CPU limit itself and then exits with 255.
_SIGXCPU_CAUGHT = f"received signal {int(signal.SIGXCPU)}"


@contextmanager
def confined(
    command: Sequence[str], source: Path, limits: DecodeLimits, pass_fds: Sequence[int] = ()
) -> Iterator[Child]:
    """`command` running on `source` as standard input, in an empty directory of its own.

    The child is killed at the end of the block, at the wall limit, and when the thread that started
    it ends. `pass_fds` are inherited under the same numbers.
    """
    with tempfile.TemporaryDirectory(prefix="decode-") as directory:
        log = Path(directory) / "log"
        inside = Path(directory) / "empty"
        inside.mkdir()
        with source.open("rb", buffering=0) as file, log.open("wb") as errors:
            process = subprocess.Popen(
                [*_launch(limits), *command],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=inside,
                env={"LC_ALL": "C", "HOME": str(inside), "TMPDIR": str(inside)},
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
        assert process.stdout is not None
        child = Child(process, process.stdout, log)
        timer = threading.Timer(limits.wall_s, child.expire)
        timer.daemon = True
        timer.start()
        try:
            yield child
        finally:
            timer.cancel()
            child.kill()
            process.stdout.close()
            process.wait()


def _launch(limits: DecodeLimits) -> list[str]:
    numbers = (max(1, limits.cpu_s), limits.memory_bytes, _LOG_BYTES, os.getpid())
    return [sys.executable, "-I", "-S", _LAUNCHER, *map(str, numbers), "--"]
