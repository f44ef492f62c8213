"""A connection to one of the addresses that were checked, over by a deadline whatever is sent."""

import io
import socket
import ssl
import time
from collections.abc import Buffer
from functools import cache
from typing import override

from app.outbound.addresses import Address, Target


class DeadlineSocket:
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
        """Send all of `data`."""
        self.limited().sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What comes back, to be read."""
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """Do nothing: `http.client` closes its connection before the answer's body is read."""

    def finish(self) -> None:
        """Close the connection itself."""
        self._plain.close()


class _Reading(io.RawIOBase):
    def __init__(self, source: DeadlineSocket) -> None:
        self._source = source

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        return self._source.limited().recv_into(buffer)


def connect(target: Target, addresses: list[Address], deadline: float) -> DeadlineSocket:
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
            within = DeadlineSocket(plain, deadline).limited()
            return DeadlineSocket(_secured(target, within), deadline)
        except OSError:
            plain.close()
            raise
    raise failed


def _secured(target: Target, plain: socket.socket) -> socket.socket:
    if not target.secure:
        return plain
    return tls().wrap_socket(plain, server_hostname=target.host)


@cache
def tls() -> ssl.SSLContext:
    """The system's certificate store; `SSL_CERT_FILE` names another, e.g. of a house's own CA."""
    return ssl.create_default_context()
