"""A real webhook receiver on a loopback port, which answers as it is told to."""

import http.server
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass(frozen=True)
class Reply:
    """What to answer; `wait_s` before the status, `drip_s` between the bytes of the body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    wait_s: float = 0.0
    drip_s: float = 0.0


class Receiver:
    """Records requests; answers with `script` one after the other, then with `reply` for ever."""

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.script: list[Reply] = []
        self.reply = Reply()
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(self, port)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def take(self, request: Received) -> Reply:
        with self._lock:
            self.received.append(request)
            return self.script.pop(0) if self.script else self.reply

    @property
    def ids(self) -> list[str]:
        """The `webhook-id` of each request, in order of arrival."""
        return [request.headers["webhook-id"] for request in list(self.received)]

    def wait_for(self, count: int, within_s: float = 10.0) -> list[Received]:
        """The requests, once there are at least `count`."""
        wait_until(lambda: len(self.received) >= count, within_s)
        return list(self.received)

    def close(self) -> None:
        """Refuse connections from now on."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def wait_until(holds: Callable[[], bool], within_s: float = 10.0) -> None:
    """Return soon after `holds()`; fail if it never does.

    Asking is not free: what takes long is asked for less and less often.
    """
    begun = time.monotonic()
    while not holds():
        waited_s = time.monotonic() - begun
        assert waited_s < within_s, f"did not happen within {within_s} s"
        time.sleep(max(0.02, min(waited_s / 10, 1.0)))


@contextmanager
def receiving(reply: Reply | None = None, port: int = 0) -> Iterator[Receiver]:
    """A receiver that is closed at the end."""
    receiver = Receiver(port)
    receiver.reply = reply or receiver.reply
    try:
        yield receiver
    finally:
        if not receiver.closing.is_set():
            receiver.close()


@contextmanager
def saying(said: bytes) -> Iterator[str]:
    """The URL of a server that answers everybody with these bytes, be they HTTP or not."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(said)
            self.request.shutdown(socket.SHUT_WR)
            # Closed with bytes unread, it would reset the connection.
            while self.request.recv(4096):
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/hook"
        finally:
            server.shutdown()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, receiver: "Receiver", port: int) -> None:
        self._receiver = receiver
        super().__init__(("127.0.0.1", port), _handler_of(receiver))

    def process_request(self, request: Any, client_address: Any) -> None:
        self._receiver.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that hangs up is no news."""


def _handler_of(receiver: Receiver) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Received(self.path, headers, body, time.monotonic()))
            receiver.closing.wait(reply.wait_s)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self._send(reply)

        do_GET = do_POST  # noqa: N815  (the name that the server calls)

        def _send(self, reply: Reply) -> None:
            if not reply.drip_s:
                self.wfile.write(reply.body)
                return
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                if receiver.closing.wait(reply.drip_s):
                    return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    return Handler
