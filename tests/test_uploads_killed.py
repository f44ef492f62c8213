"""`kill -9` of the server in the middle of an upload; the clients that people use go on with it."""

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from tusclient import client as tuspy

from app.access import Role
from app.services.upload_writing import CHECKPOINT_BYTES
from app.settings import Settings
from tests.api.test_uploads_broken import Sender
from tests.needed import missing
from tests.ports import free_port
from tests.uploads import png

LENGTH_BYTES = CHECKPOINT_BYTES + 12_000_000
CUT_BYTES = CHECKPOINT_BYTES + 5_000_000
PATIENCE_S = 120.0
VENDOR = Path(__file__).parent.parent / "app" / "desk" / "static" / "vendor"


class Server:
    """The API as a process, killed and started again on one port."""

    def __init__(self, settings: Settings, key: str) -> None:
        self.key = key
        self.port = free_port()
        self._parts = settings.data_dir / "blobs" / "parts"
        self._environment = os.environ | {
            "PROVENANCE_DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.resolved_database_url,
            "PROVENANCE_UPLOAD_RESERVE_BYTES": "0",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/uploads"

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
        command += ["--port", str(self.port), "--log-level", "warning"]
        self._process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL)
        self._wait(self._answers)

    def kill(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def wait_for_a_part(self, size_bytes: int) -> None:
        self._wait(lambda: any(p.stat().st_size >= size_bytes for p in self._parts.iterdir()))

    def sha256_of(self, media_id: str) -> str:
        address = f"http://127.0.0.1:{self.port}/v1/media/{media_id}/file"
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx2.get(address, headers=headers, trust_env=False)
        return hashlib.sha256(answer.content).hexdigest()

    def _answers(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/healthz"
            return httpx2.get(address, trust_env=False).status_code == 200
        except httpx2.TransportError:
            return False

    def _wait(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.02)


@pytest.fixture
def server(settings: Settings, make_key: Callable[[Role], str], tmp_path: Path) -> Iterator[Server]:
    made = Server(settings, make_key(Role.ADMIN))
    try:
        made.start()
        yield made
    finally:
        made.kill()


def test_tuspy_goes_on_after_a_kill_in_the_middle_of_a_request(server: Server) -> None:
    data = png(1, LENGTH_BYTES)
    sender = Sender(server.port, server.key)
    address = sender.begin(len(data))
    with sender.half(address, 0, len(data), data[:CUT_BYTES]):
        server.wait_for_a_part(CUT_BYTES - 1_000_000)
        server.kill()
    server.start()
    client = tuspy.TusClient(server.endpoint, headers={"Authorization": f"Bearer {server.key}"})
    url = f"http://127.0.0.1:{server.port}{address}"
    uploader = client.uploader(
        file_stream=io.BytesIO(data), url=url, chunk_size=5_000_000, upload_checksum=True
    )
    assert CHECKPOINT_BYTES <= uploader.offset < CUT_BYTES, "what was committed, and no more"
    uploader.upload()
    shown = httpx2.get(url, headers=client.headers, trust_env=False).json()
    assert server.sha256_of(shown["media_id"]) == hashlib.sha256(data).hexdigest()


def test_tus_js_client_goes_on_by_itself(server: Server, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("Node is not installed (Debian: apt install nodejs)")
    data = png(2, LENGTH_BYTES)
    file = tmp_path / "clip.png"
    file.write_bytes(data)
    (vendored,) = VENDOR.glob("tus-js-client-*.min.js")
    script = Path(__file__).parent / "tus_client.js"
    command = [node, str(script), str(vendored), server.endpoint, server.key, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sending:
        server.wait_for_a_part(CUT_BYTES)
        server.kill()
        server.start()
        output, errors = sending.communicate(timeout=PATIENCE_S)
    lines = [line.split() for line in output.decode().splitlines()]
    assert lines[0] == ["POST", "201", "0"], errors
    (resumed,) = (int(line[2]) for line in lines if line[:2] == ["HEAD", "200"])
    assert CHECKPOINT_BYTES <= resumed < LENGTH_BYTES
    assert lines[-2] == ["PATCH", "204", str(len(data))]
    assert lines[-1][0] == "MEDIA"
    assert server.sha256_of(lines[-1][1]) == hashlib.sha256(data).hexdigest()
