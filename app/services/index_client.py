"""Ask the machine's index process: bytes over a Unix socket, patient while it restarts.

A request is one message, an operation's letter and its payload; an answer is one message, `+` or
`-` and what there is to say. Nothing is pickled. Only the owner of the data folder can connect.
"""

import json
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from app.schemas.enums import Shelf

SEARCH = {Shelf.KNOWN: b"S", Shelf.UPLOAD: b"U"}
STATS = {Shelf.KNOWN: b"T", Shelf.UPLOAD: b"V"}
OK, REFUSED = b"+", b"-"
AS_OF = struct.Struct("<QQQ")
RETRY_S = 0.2
PATIENCE_S = 60.0
# Of a process that runs; one that was stopped or swapped out may never answer.
STATS_WITHIN_S = 3.0

_SOCKET = "index.sock"


class IndexUnavailable(Exception):
    """The index process did not answer within the patience."""


class IndexRefused(Exception):
    """The index process answered that it cannot do this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Encoded hits, and what they are of: how many items of the shelf, as of which log entry.

    `not_comparable` counts the items that the query's algorithm cannot be compared with.
    """

    hits: bytes
    as_of_seq: int
    items: int
    not_comparable: int


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What a shelf's index holds and how far it has followed the log.

    Of a search, `items` are those of the query's algorithm, `not_comparable` the others.
    """

    as_of_seq: int
    items: int
    not_comparable: int
    frames: int
    unusable: int


class IndexClient:
    """Asks about one shelf. Each question is a connection of its own, so a client holds none open."""

    def __init__(
        self, run_folder: Path, patience_s: float = PATIENCE_S, shelf: Shelf = Shelf.KNOWN
    ) -> None:
        self.shelf = shelf
        self._folder = run_folder
        self._patience_s = patience_s

    def of(self, shelf: Shelf) -> "IndexClient":
        """A client that asks the same index process of another shelf."""
        return IndexClient(self._folder, self._patience_s, shelf)

    def search(self, query: bytes) -> Answer:
        """Hits for an encoded query, in an index that has caught up with every earlier commit."""
        body = self._ask(SEARCH[self.shelf] + query)
        return Answer(body[AS_OF.size :], *AS_OF.unpack_from(body))

    def stats(self) -> IndexStats:
        """What the index holds now, without catching up."""
        return IndexStats(**json.loads(self._ask(STATS[self.shelf], STATS_WITHIN_S)))

    def _ask(self, request: bytes, within_s: float | None = None) -> bytes:
        until = time.monotonic() + self._patience_s
        while True:
            try:
                answer = self._ask_once(request, within_s)
            except (OSError, EOFError) as error:
                if time.monotonic() >= until:
                    raise IndexUnavailable("The index process does not answer.") from error
                time.sleep(RETRY_S)
            else:
                if answer[:1] == OK:
                    return answer[1:]
                raise IndexRefused(answer[1:].decode(errors="replace"))

    def _ask_once(self, request: bytes, within_s: float | None) -> bytes:
        with reachable(self._folder) as address, _connected(address, within_s) as connection:
            connection.send_bytes(request)
            if not connection.poll(within_s):
                raise TimeoutError
            return connection.recv_bytes()


def _connected(address: str, within_s: float | None) -> "Connection[bytes, bytes]":
    """A connection to the process; TimeoutError where it takes none, as one that is stopped."""
    with socket.socket(socket.AF_UNIX) as opened:
        opened.settimeout(within_s)
        opened.connect(address)
        opened.settimeout(None)
        return Connection(opened.detach())


@contextmanager
def reachable(run_folder: Path) -> Iterator[str]:
    """The socket's address, short enough for the kernel (107 bytes) however deep the folder is."""
    handle = os.open(run_folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{_SOCKET}"
    finally:
        os.close(handle)
