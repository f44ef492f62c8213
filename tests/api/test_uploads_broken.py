"""Uploads in pieces over connections that break, stall, and are taken over."""

import asyncio
import base64
import hashlib
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from app.access import Role
from app.api import upload_requests
from app.bootstrap import Parts
from tests.serving import served
from tests.uploads import png

TUS = {"Tus-Resumable": "1.0.0"}
QUICK_S = 5.0


class Sender:
    """Talks tus to a real server, one connection a request."""

    def __init__(self, port: int, key: str) -> None:
        self.port = port
        self._headers = {"Authorization": f"Bearer {key}", **TUS}

    def ask(
        self, method: str, address: str, body: bytes | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(connection):
            connection.request(method, address, body, {**self._headers, **named})
            answer = connection.getresponse()
            answer.read()
        return answer

    def begin(self, length: int) -> str:
        answer = self.ask("POST", "/v1/uploads", Upload_Length=str(length))
        assert answer.status == 201
        return answer.headers["location"]

    def add(self, address: str, offset: int, data: bytes) -> http.client.HTTPResponse:
        kind = "application/offset+octet-stream"
        return self.ask("PATCH", address, data, Content_Type=kind, Upload_Offset=str(offset))

    def offset(self, address: str) -> int:
        return int(self.ask("HEAD", address).headers["upload-offset"])

    def sha256(self, media_id: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(connection):
            connection.request("GET", f"/v1/media/{media_id}/file", headers=self._headers)
            return hashlib.sha256(connection.getresponse().read()).hexdigest()

    def half(self, address: str, offset: int, announced: int, data: bytes) -> socket.socket:
        """A PATCH that stops in its middle, with its connection open."""
        lines = [
            f"PATCH {address} HTTP/1.1",
            "Host: desk",
            *(f"{name}: {value}" for name, value in self._headers.items()),
            "Content-Type: application/offset+octet-stream",
            f"Upload-Offset: {offset}",
            f"Content-Length: {announced}",
            "\r\n",
        ]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall("\r\n".join(lines).encode() + data)
        return connection


@pytest.fixture
def sender(parts: Parts, make_key: Callable[[Role], str]) -> Iterator[Sender]:
    key = make_key(Role.ADMIN)
    with served(parts) as port:
        yield Sender(port, key)


def wait_for_a_part(parts: Parts, size_bytes: int) -> None:
    until = time.monotonic() + QUICK_S
    folder = parts.settings.data_dir / "blobs" / "parts"
    while not any(path.stat().st_size >= size_bytes for path in folder.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_came_before_a_connection_broke_is_kept(sender: Sender, parts: Parts) -> None:
    data = png(1, 3_000_000)
    address = sender.begin(len(data))
    with sender.half(address, 0, len(data), data[:1_234_567]):
        wait_for_a_part(parts, 1_000_000)
    assert sender.offset(address) == 1_234_567
    done = sender.add(address, 1_234_567, data[1_234_567:])
    assert done.status == 204
    assert sender.sha256(done.headers["media-id"]) == hashlib.sha256(data).hexdigest()


def test_a_client_that_comes_back_is_not_kept_out_by_its_own_dead_request(
    sender: Sender, parts: Parts
) -> None:
    data = png(2, 3_000_000)
    address = sender.begin(len(data))
    with sender.half(address, 0, len(data), data[:1_234_567]) as dead:
        wait_for_a_part(parts, 1_000_000)
        since = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(sender.offset, address)
            while not asking.done():
                before = time.monotonic()
                assert sender.ask("GET", "/healthz").status == 200
                assert time.monotonic() - before < QUICK_S / 5, "others go on"
            assert asking.result() == 1_234_567
        assert time.monotonic() - since < QUICK_S
        assert dead.recv(100).startswith(b"HTTP/1.1 423"), "the older request was told"
    done = sender.add(address, 1_234_567, data[1_234_567:])
    assert sender.sha256(done.headers["media-id"]) == hashlib.sha256(data).hexdigest()


def test_of_many_that_go_on_at_once_the_file_takes_no_harm(sender: Sender) -> None:
    data = png(3, 2_000_000)
    address = sender.begin(len(data))
    with ThreadPoolExecutor(6) as pool:
        both = [pool.submit(sender.add, address, 0, data) for _ in range(6)]
        statuses = sorted(each.result().status for each in both)
    assert set(statuses) <= {204, 409, 423}
    if 204 not in statuses:
        assert sender.add(address, sender.offset(address), data[sender.offset(address) :])
    media_id = sender.ask("HEAD", address).headers["media-id"]
    assert sender.sha256(media_id) == hashlib.sha256(data).hexdigest()


def test_a_request_that_does_not_let_go_is_423(
    sender: Sender, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_requests, "HANDED_OVER_WITHIN_S", 0.3)
    address = sender.begin(1000)
    held = parts.blobs.parts.lock(address.rpartition("/")[2])
    assert held is not None
    answer = sender.add(address, 0, png(4, 992))
    assert (answer.status, answer.headers["retry-after"]) == (423, "1")
    assert answer.headers["tus-resumable"] == "1.0.0"
    held.close()
    assert sender.add(address, 0, png(4, 992)).status == 204


def test_a_request_that_brings_nothing_any_more_ends(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_requests, "IDLE_S", 0.2)
    data = png(5, 100_000)
    address = sender.begin(len(data))
    with sender.half(address, 0, len(data), data[:70_000]) as silent:
        assert silent.recv(100).startswith(b"HTTP/1.1 423")
    assert sender.offset(address) == 70_000


def test_an_upload_can_be_ended_while_it_runs(sender: Sender, parts: Parts) -> None:
    data = png(6, 3_000_000)
    address = sender.begin(len(data))
    with sender.half(address, 0, len(data), data[:1_234_567]) as running:
        wait_for_a_part(parts, 1_000_000)
        assert sender.ask("DELETE", address).status == 204
        assert running.recv(100).startswith(b"HTTP/1.1 423")
    assert sender.ask("HEAD", address).status == 404
    assert list((parts.settings.data_dir / "blobs" / "parts").iterdir()) == []


def cut_off_at_its_end(app: FastAPI, address: str, data: bytes, headers: dict[str, str]) -> None:
    """A PATCH of which every byte comes, and whose connection then breaks before its end is told."""
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    coming: list[Message] = [{"type": "http.request", "body": data, "more_body": True}]

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        pass

    asyncio.run(app(scope, receive, send))


def test_a_piece_with_a_checksum_that_is_cut_off_counts_not_at_all(
    application: FastAPI, client: TestClient
) -> None:
    sent, corrupted = png(7, 992), png(8, 992)
    begun = client.post("/v1/uploads", headers={**TUS, "Upload-Length": str(len(sent))})
    address = begun.headers["location"]
    headers = {
        **TUS,
        "Authorization": client.headers["Authorization"],
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(sent).digest()).decode()}",
    }
    cut_off_at_its_end(application, address, corrupted, headers)
    asked = client.head(address, headers=TUS).headers
    assert (asked["upload-offset"], asked.get("media-id")) == ("0", None)
    assert client.get("/v1/media").json()["items"] == []
    done = client.patch(address, content=sent, headers=headers)
    found = client.get(f"/v1/media/{done.headers['media-id']}").json()
    assert found["sha256"] == hashlib.sha256(sent).hexdigest()
