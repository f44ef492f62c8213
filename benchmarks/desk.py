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
        self.close()  # an idle one may be gone on the other side
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
        )
        field = (
            f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="collection"\r\n\r\n{collection}'
            if collection
            else ""
        )
        body = head.encode() + file.read_bytes() + f"{field}\r\n--{boundary}--\r\n".encode()
        connection = self._connection
        connection.putrequest("POST", "/v1/media")
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        for name, value in (self._headers | kind | {"Content-Length": str(len(body))}).items():
            connection.putheader(name, value)
        connection.endheaders()
        for start in range(0, len(body), PIECE):
            connection.send(body[start : start + PIECE])
        sent_at = time.perf_counter()
        answer = json.loads(connection.getresponse().read())
        return str(answer["id"]), sent_at


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
