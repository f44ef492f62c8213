"""The real service on a temporary folder, for benchmarks, and its API on one kept connection."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import db
from scripts.own_desk import DATABASE, clean_environment

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 300.0
PIECE = 1 << 20


class Desk:
    """The service's HTTP API on one kept connection."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> tuple[int, Any]:
        """Give status and body."""
        try:
            return self._asked(path)
        except ConnectionError:  # an idle connection may be gone on the other side
            self.close()
            return self._asked(path)

    def _asked(self, path: str) -> tuple[int, Any]:
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON; gives the answer's."""
        self.close()  # an idle one may be gone on the other side
        kind = {"Content-Type": "application/json"}
        self._connection.request("POST", path, json.dumps(body), self._headers | kind)
        return json.loads(self._connection.getresponse().read())

    def make_collection(self, slug: str) -> None:
        """Make a collection."""
        self.post("/v1/collections", {"slug": slug, "title": slug, "kind": "archive"})

    def upload(self, file: Path, collection: str = "") -> tuple[str, float]:
        """Send a file; gives the item's id and the moment at which the last byte was sent."""
        boundary = uuid.uuid4().hex
        head = _part(boundary, 'name="file"; filename="a.mp4"').lstrip()
        tail = _part(boundary, 'name="collection"') + collection.encode() if collection else b""
        tail += f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        sent_at, answer = self._send("POST", "/v1/media", kind, file, (head, tail))
        return str(json.loads(answer.read())["id"]), sent_at

    def upload_by_tus(self, file: Path) -> str:
        """Send a file by tus, in one piece; gives the item's id."""
        self.close()  # an idle one may be gone on the other side
        version = {"Tus-Resumable": "1.0.0"}
        told = {"Upload-Length": str(file.stat().st_size), "Upload-Metadata": "filename YS5tcDQ="}
        self._connection.request("POST", "/v1/uploads", headers=self._headers | version | told)
        made = self._connection.getresponse()
        made.read()
        piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        answer = self._send("PATCH", made.headers["Location"], version | piece, file)[1]
        answer.read()
        return str(answer.headers["Media-Id"])

    def _send(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        file: Path,
        around: tuple[bytes, bytes] = (b"", b""),
    ) -> tuple[float, http.client.HTTPResponse]:
        """Send a file between two ends of a body; gives the moment of the last byte, and the answer."""
        self.close()  # an idle one may be gone on the other side
        length = {"Content-Length": str(file.stat().st_size + sum(map(len, around)))}
        self._connection.putrequest(method, path)
        for name, value in (self._headers | headers | length).items():
            self._connection.putheader(name, value)
        self._connection.endheaders(around[0])
        with file.open("rb") as opened:
            while piece := opened.read(PIECE):
                self._connection.send(piece)
        self._connection.send(around[1])
        return time.perf_counter(), self._connection.getresponse()


def _part(boundary: str, disposition: str) -> bytes:
    return f"\r\n--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode()


@contextmanager
def running(folder: Path, **more: str) -> Iterator[tuple[Desk, db.Database]]:
    """Run the whole service in a folder; gives its API and its database.

    `more` are further variables of its environment, such as another `DATABASE_URL` than none; of the
    caller's own settings it gets none.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = folder / "key"
    given = {"PROVENANCE_DATA_DIR": str(folder / "data"), "PROVENANCE_PORT": str(port)}
    environment = clean_environment() | given | more
    command = [sys.executable, "-m", "app", "up", "--first-key-file", str(key)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait(key.exists)
        desk = Desk(port, key.read_text().strip())
        wait(lambda: _ready(desk))
        url = environment.get(DATABASE) or f"sqlite:///{folder / 'data' / 'provenance.db'}"
        yield desk, db.Database(url)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def members(folder: Path, name: str) -> Iterator[int]:
    """The processes of the desk that runs in a folder whose command holds `name`."""
    mark = f"PROVENANCE_DATA_DIR={folder / 'data'}".encode()
    for entry in Path("/proc").iterdir():
        try:
            its = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
            if mark in its.split(b"\0") and name.encode() in (entry / "cmdline").read_bytes():
                yield int(entry.name)
        except OSError:
            continue


def _ready(desk: Desk) -> bool:
    try:
        return desk.get("/readyz")[0] == 200
    except OSError:
        desk.close()  # the next request connects anew
        return False


def wait(until: Callable[[], bool]) -> None:
    """Wait until something holds; TimeoutError if it does not come to that."""
    for _ in range(int(PATIENCE_S / 0.1)):
        if until():
            return
        time.sleep(0.1)
    raise TimeoutError("The desk did not come that far in time.")
