"""A whole desk of real processes for tests: started, asked over HTTP, killed, started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from app.settings import Settings
from tests.ports import free_port

START_PATIENCE_S = 150.0
STOP_PATIENCE_S = 20.0


class Desk:
    """`provenance up` on a test's settings; its processes are known by their environment."""

    def __init__(
        self, settings: Settings, folder: Path, *, with_model: bool = False, **more: str
    ) -> None:
        """`more` are further variables of its environment."""
        self._folder = folder
        self._mark = f"PROVENANCE_DATA_DIR={settings.data_dir}"
        self._port = free_port()
        self._key_file = folder / "first-key"
        given = {
            "PROVENANCE_DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.resolved_database_url,
            "PROVENANCE_PORT": str(self._port),
            "PROVENANCE_UPLOAD_RESERVE_BYTES": "0",
            "PROVENANCE_HEARTBEAT_TIMEOUT_S": "3",
        }
        if not with_model:
            given["PROVENANCE_SSCD_MODEL"] = os.devnull
        self.environment = os.environ | given | more
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    def start(self) -> None:
        """Start all processes; they need not answer yet."""
        command = [sys.executable, "-m", "app", "up", "--first-key-file", str(self._key_file)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def client(self) -> httpx2.Client:
        """A client with the first admin key, once there is one."""
        self._wait(self._key_file.exists, "a first key")
        headers = {"Authorization": f"Bearer {self._key_file.read_text().strip()}"}
        return httpx2.Client(
            base_url=f"http://127.0.0.1:{self._port}", headers=headers, timeout=30, trust_env=False
        )

    def wait_until_ready(self) -> None:
        with self.client() as client:
            self._wait(lambda: _is_ready(client), "readiness")

    def members(self, module: str = "") -> list[int]:
        """The processes of this desk that run, all or those whose command names `module`."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
                command = (entry / "cmdline").read_bytes() if environment else b""
                if self._mark.encode() in environment.split(b"\0") and module.encode() in command:
                    found.append(int(entry.name))
        return sorted(found)

    def one_of(self, module: str, which: int = 0) -> int:
        """A process whose command names `module`, as soon as there is one; -1 is the youngest."""
        return self._wait(lambda: self.members(module), f"process of {module}")[which]

    def kill_one(self, module: str, which: int = 0) -> int:
        """End such a process at once, waiting for one where it is just started anew; gives its id."""

        def killed() -> int:
            pid = self.one_of(module, which)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return 0
            return pid

        pid = self._wait(killed, f"process of {module} to kill")
        # It is still seen for a moment, and must not be taken for the next one to kill.
        self._wait(lambda: pid not in self.members(module), f"end of {pid}")
        return pid

    def kill_supervisor(self) -> int:
        """End what started all others, which must then end by themselves; gives its id."""
        assert self._process is not None
        assert self._process.poll() is None, self.log[-3000:]
        pid = self._process.pid
        self._process.kill()
        self._process.wait()
        self._process = None
        self._wait(lambda: not self.members(), "the end of every process")
        return pid

    def stop(self) -> int:
        """End it as Ctrl-C does; gives the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(STOP_PATIENCE_S)

    def close(self) -> None:
        """End whatever still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

        def none_runs() -> bool:
            # One that was just starting another one may have been seen without it.
            running = self.members()
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not running

        self._wait(none_runs, "the end of every process")

    def _wait[T](self, wanted: Callable[[], T], what: str) -> T:
        """What `wanted` gives, as soon as that is something."""
        until = time.monotonic() + START_PATIENCE_S
        while not (given := wanted()):
            over = self._process is not None and self._process.poll() is not None
            in_time = time.monotonic() < until and not over
            assert in_time, f"no {what} in time; the log says: {self.log[-3000:]}"
            time.sleep(0.1)
        return given


def _is_ready(client: httpx2.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx2.TransportError:
        return False
