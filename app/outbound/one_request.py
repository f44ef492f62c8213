"""One request to a checked address, over in a bounded time, its answer read up to a bounded size.

Nothing is followed: a redirect is an answer like any other. Proxies named by the environment are
not used.
"""

import http.client
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from app.outbound.addresses import Address, Private, Target, read_url, resolve
from app.outbound.connecting import DeadlineSocket, connect, tls

ANSWER_HEAD_BYTES = 2048
ANSWER_MAX_BYTES = 1024 * 1024
ERROR_CHARS = 500


class SendFailed(Exception):
    """No answer came: no connection, no valid TLS, no HTTP, or not in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; `head` is the beginning of its body, as text without NUL."""

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
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    timeout_s: float,
    allow_private: Private,
) -> Whole:
    """POST `body`, or GET where there is none; gives the whole answer, of at most 1 MiB.

    Plain http is taken: for answers that prove themselves, or from a URL that the caller checked.
    """
    target = read_url(url, allow_private=allow_private, plain_http=True)
    addresses = resolve(target, allow_private=allow_private)
    return _sent(target, addresses, _Request(headers, body, _read_whole), timeout_s)


@dataclass(frozen=True, slots=True)
class _Request[A]:
    headers: Mapping[str, str]
    body: bytes | None
    read: Callable[[http.client.HTTPResponse], A]

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def _sent[A](target: Target, addresses: list[Address], request: _Request[A], timeout_s: float) -> A:
    deadline = time.monotonic() + timeout_s
    try:
        return _exchange(target, connect(target, addresses, deadline), request)
    except TimeoutError as error:
        raise SendFailed(f"no answer within {timeout_s:g} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise SendFailed(_plain(f"{type(error).__name__}: {error}")) from error


def _plain(text: str) -> str:
    """The beginning of a text that may quote what came, without what is not to be printed."""
    head = text[:ERROR_CHARS]
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in head)


def _exchange[A](target: Target, connected: DeadlineSocket, request: _Request[A]) -> A:
    connection = _connection(target)
    connection.sock = connected
    try:
        headers = {**request.headers, "Connection": "close"}
        connection.request(request.method, target.path, request.body, headers)
        return request.read(connection.getresponse())
    finally:
        connection.close()
        connected.finish()


def _connection(target: Target) -> http.client.HTTPConnection:
    if target.secure:
        # Given none, it would read all authorities anew for each message.
        return http.client.HTTPSConnection(target.host, target.port, context=tls())
    return http.client.HTTPConnection(target.host, target.port)


def _read_whole(answer: http.client.HTTPResponse) -> Whole:
    body = bytearray()
    # Piece by piece: asked for all at once, `read` takes a chunk of negative size for one without end.
    while len(body) <= ANSWER_MAX_BYTES and (more := answer.read1(ANSWER_MAX_BYTES)):
        body += more
    if len(body) > ANSWER_MAX_BYTES:
        raise SendFailed(f"the answer is longer than {ANSWER_MAX_BYTES} bytes")
    return Whole(answer.status, bytes(body))


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
    text = (
        head[:ANSWER_HEAD_BYTES]
        .decode("utf-8", "replace")
        .replace("\x00", "\N{REPLACEMENT CHARACTER}")
    )
    return Answer(answer.status, text, answer.getheader("Retry-After"))
