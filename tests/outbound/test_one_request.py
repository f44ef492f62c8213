"""One POST ends in time, whatever the other side does, and reads no more than it should."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.outbound import Answer, SendFailed, Whole, ask, post
from app.outbound.connecting import tls
from app.outbound.one_request import ANSWER_MAX_BYTES, ERROR_CHARS
from tests.receiver import Reply, receiving, saying

PATIENCE_S = 60.0


def send(url: str, timeout_s: float = 0.5) -> object:
    return post(url, {}, b"{}", timeout_s=timeout_s, allow_private=True)


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with one connection whatever `talk` does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            # Nobody may have come.
            server.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def drip(connection: socket.socket) -> None:
    try:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        return


def hang(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def test_an_answer_that_drips_is_cut_off_at_the_deadline() -> None:
    started = time.monotonic()
    with talking(drip) as url, pytest.raises(SendFailed, match=r"no answer within 0\.5 s"):
        send(url)
    assert time.monotonic() - started < 10, "it would drip for minutes"


def test_silence_is_cut_off_at_the_deadline() -> None:
    with talking(hang) as url, pytest.raises(SendFailed, match="no answer within"):
        send(url)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1", b"nonsense\r\n\r\n"])
def test_what_is_not_http_is_a_failure(said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(said)

    with talking(talk) as url, pytest.raises(SendFailed):
        send(url)


@pytest.mark.parametrize(
    "said", [b"\x15\x03\x01\x00\x02\x02P", b"HTTP/1.1 \x1b[2J" + b"x" * 60_000]
)
def test_why_it_failed_is_short_plain_text_whatever_came(said: bytes) -> None:
    with saying(said) as url, pytest.raises(SendFailed) as failed:
        send(url, timeout_s=2)
    assert str(failed.value).startswith("BadStatusLine: ")
    assert str(failed.value).isprintable()
    assert len(str(failed.value)) <= ERROR_CHARS


def test_nobody_there_is_a_failure() -> None:
    with pytest.raises(SendFailed, match="ConnectionRefusedError"):
        send("http://127.0.0.1:1/")


def test_a_server_without_a_trusted_certificate_is_a_failure() -> None:
    with receiving() as receiver, pytest.raises(SendFailed):
        send(receiver.url.replace("http://", "https://"))
    assert not receiver.received


def _certificate(path: Path) -> Path:
    """The key and the certificate of a server at this machine, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    made = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made)
    return path


def test_authorities_are_read_once_not_for_each_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = _certificate(tmp_path / "own.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    read: list[object] = []
    load = ssl.SSLContext.load_default_certs

    def noted(context: ssl.SSLContext, *purpose: Any) -> None:
        read.append(context)
        load(context, *purpose)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", noted)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(own)

    def answer(connection: socket.socket) -> None:
        with serving.wrap_socket(connection, server_side=True) as secured:
            heard = b""
            while not heard.endswith(b"{}"):
                heard += secured.recv(4096)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    tls.cache_clear()
    for _ in range(2):
        with talking(answer) as url:
            assert send(url.replace("http://", "https://"), 5) == Answer(204, "", None)
    tls.cache_clear()
    assert len(read) == 1


def test_a_slow_connection_leaves_the_handshake_less_time(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.create_connection

    def slow(*where: Any, **more: Any) -> socket.socket:
        time.sleep(2)
        return connect(*where, **more)

    monkeypatch.setattr(socket, "create_connection", slow)
    started = time.monotonic()
    with talking(hang) as url, pytest.raises(SendFailed, match="no answer within"):
        send(url.replace("http://", "https://"), 3)
    assert time.monotonic() - started < 4.5


def test_only_the_beginning_of_a_long_answer_is_kept() -> None:
    with receiving(Reply(body=b"x" * 5_000_000)) as receiver:
        answer = post(receiver.url, {}, b"{}", timeout_s=5, allow_private=True)
    assert answer.head == "x" * 2048


def test_a_status_counts_even_if_the_body_stalls() -> None:
    with receiving(Reply(202, body=b"y" * 100, drip_s=0.2)) as receiver:
        answer = post(receiver.url, {}, b"{}", timeout_s=0.5, allow_private=True)
    assert answer.status_code == 202
    assert answer.head.startswith("y")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        send(receiver.url)
    assert not proxy.received
    assert len(receiver.received) == 1


def test_a_question_gets_its_answer_whole_byte_for_byte() -> None:
    with receiving() as receiver:
        receiver.reply = Reply(body=bytes(range(256)) * 40)
        answer = ask(receiver.url, {}, b"?", timeout_s=2, allow_private=True)
    assert answer == Whole(200, bytes(range(256)) * 40)


def _chunked(size: bytes, rest: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + rest


def test_a_chunk_of_negative_size_is_read_no_further_than_the_limit() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        with suppress(OSError):
            connection.sendall(_chunked(b"-1", b"x" * (64 * ANSWER_MAX_BYTES)))
            sent_all.append(True)

    sent_all: list[bool] = []
    with talking(talk) as url, pytest.raises(SendFailed, match="longer than"):
        ask(url, {}, b"?", timeout_s=10, allow_private=True)
    assert not sent_all


def test_a_chunk_of_negative_size_is_a_failure() -> None:
    with saying(_chunked(b"-5", b"hello")) as url, pytest.raises(SendFailed):
        ask(url, {}, b"?", timeout_s=5, allow_private=True)


def test_of_a_chunk_of_negative_size_no_more_is_kept_than_of_others() -> None:
    with saying(_chunked(b"-5", b"x" * 5000)) as url:
        answer = post(url, {}, b"{}", timeout_s=5, allow_private=True)
    assert answer.head == "x" * 2048


def test_an_answer_without_end_is_refused() -> None:
    with receiving() as receiver:
        receiver.reply = Reply(body=b"x" * (ANSWER_MAX_BYTES + 1))
        with pytest.raises(SendFailed, match="longer than"):
            ask(receiver.url, {}, b"?", timeout_s=5, allow_private=True)
