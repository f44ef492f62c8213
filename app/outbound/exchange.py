"""One POST to a checked address, over in a bounded time, its answer read up to a bounded size.

Nothing is followed: a redirect is an answer like any other. Proxies named by the environment are
not used.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Buffer, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import override

from app.outbound.addresses import Address, Private, Target, read_url, resolve

ANSWER_HEAD_BYTES = 2048
ANSWER_MAX_BYTES = 1024 * 1024


class SendFailed(Exception):
    """No answer came: no connection, no valid TLS, no HTTP, or not in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; `head` is the beginning of its body."""

    status_code: int
    head: str
    retry_after: str | None


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer with its whole body."""

    status_code: int
    body: bytes


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    timeout_s: float,
    allow_private: Private,
) -> Answer:
    """Send `body` and give back the answer, or fail within `timeout_s` of the name's resolution."""
    target = read_url(url, allow_private=allow_private)
    addresses = resolve(target, allow_private=allow_private)
    return _sent(target, addresses, _Request(headers, body, _read_head), timeout_s)


def ask(
    url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float, allow_private: Private
) -> Whole:
    """Send a question whose answer proves itself by a signature; that answer, whole.

    So plain http does no harm. An answer of more than 1 MiB fails.
    """
    target = read_url(url, allow_private=allow_private, plain_http=True)
    addresses = resolve(target, allow_private=allow_private)
    return _sent(target, addresses, _Request(headers, body, _read_whole), timeout_s)


@dataclass(frozen=True, slots=True)
class _Request[A]:
    headers: Mapping[str, str]
    body: bytes
    read: Callable[[http.client.HTTPResponse], A]


def _sent[A](target: Target, addresses: list[Address], request: _Request[A], timeout_s: float) -> A:
    deadline = time.monotonic() + timeout_s
    try:
        return _exchange(target, _connect(target, addresses, deadline), request)
    except TimeoutError as error:
        raise SendFailed(f"no answer within {timeout_s:g} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise SendFailed(f"{type(error).__name__}: {error}") from error


class _DeadlineSocket:
    """The part of a socket that `http.client` uses, each step limited by one common deadline.

    A plain socket time-out starts anew with every byte, so a receiver that drips would hold a
    sender for ever.
    """

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self._plain = plain
        self._deadline = deadline

    def limited(self) -> socket.socket:
        """The socket, its time-out set to the time left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._plain.settimeout(left)
        return self._plain

    def sendall(self, data: bytes) -> None:
        self.limited().sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """Do nothing: `http.client` closes its connection before the answer's body is read."""

    def finish(self) -> None:
        self._plain.close()


class _Reading(io.RawIOBase):
    def __init__(self, source: _DeadlineSocket) -> None:
        self._source = source

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        return self._source.limited().recv_into(buffer)


def _connect(target: Target, addresses: list[Address], deadline: float) -> _DeadlineSocket:
    """A connection to the first of the checked addresses that takes one."""
    failed: OSError = OSError("the host has no address")
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            plain = socket.create_connection((str(address), target.port), timeout=left)
        except OSError as error:
            failed = error
            continue
        try:
            return _DeadlineSocket(_secured(target, plain), deadline)
        except OSError:
            plain.close()
            raise
    raise failed


def _secured(target: Target, plain: socket.socket) -> socket.socket:
    if not target.secure:
        return plain
    return _tls().wrap_socket(plain, server_hostname=target.host)


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificate store; `SSL_CERT_FILE` names another, e.g. of a house's own CA."""
    return ssl.create_default_context()


def _exchange[A](target: Target, connected: _DeadlineSocket, request: _Request[A]) -> A:
    kind = http.client.HTTPSConnection if target.secure else http.client.HTTPConnection
    connection = kind(target.host, target.port)
    connection.sock = connected
    try:
        headers = {**request.headers, "Connection": "close"}
        connection.request("POST", target.path, request.body, headers)
        return request.read(connection.getresponse())
    finally:
        connection.close()
        connected.finish()


def _read_whole(answer: http.client.HTTPResponse) -> Whole:
    body = answer.read(ANSWER_MAX_BYTES + 1)
    if len(body) > ANSWER_MAX_BYTES:
        raise SendFailed(f"the answer is longer than {ANSWER_MAX_BYTES} bytes")
    return Whole(answer.status, body)


def _read_head(answer: http.client.HTTPResponse) -> Answer:
    """The body's first bytes; the status has been given, so a body that stalls changes nothing."""
    head = b""
    with suppress(OSError, http.client.HTTPException):
        while len(head) < ANSWER_HEAD_BYTES:
            more = answer.read1(ANSWER_HEAD_BYTES - len(head))
            if not more:
                break
            head += more
    # PostgreSQL stores no NUL in text.
    text = head.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return Answer(answer.status, text, answer.getheader("Retry-After"))
