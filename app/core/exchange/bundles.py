"""A bundle of fingerprints for another desk: JSON, a line each, signed as a whole.

The first line says who issues it, which one it is and until when it holds; the next ones add or
revoke entries; the last one signs every byte before it. A desk checks it by the issuer's public key.
"""

import base64
import json
import mmap
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.core.exchange.listed_hashes import (
    LABEL_MAX,
    NAME_MAX,
    BadLine,
    HashKind,
    ListedHash,
    bits_of,
)

FORMAT = "provenance-desk exchange 1"
LONGEST_END = 16 * 1024
"""Bytes that the first line may have, and the last one: both are read before anything is checked."""
COUNTED_BYTES = 256 * 1024
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class BadBundle(ValueError):
    """What came is no bundle of this format; says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """A bundle's first line; `issuer` is the id of the key that signs it."""

    feed: str
    issuer: str
    seq: int
    issued_at: str
    expires_at: str
    entries: int
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of one item. Of a revoked one there is nothing but its id."""

    id: str
    opinion: str | None = None
    hashes: tuple[ListedHash, ...] = ()
    wording: str | None = None

    @property
    def revoked(self) -> bool:
        """Whether the issuer takes it back."""
        return self.opinion is None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle of which the first and the last line were read; nobody checked `signature` yet."""

    header: Header
    signature: bytes
    data: bytes | mmap.mmap
    signed_bytes: int

    @property
    def signed(self) -> memoryview:
        """What its signature is of."""
        return memoryview(self.data)[: self.signed_bytes]

    @property
    def expires_at(self) -> datetime:
        """Until when it holds."""
        return datetime.fromisoformat(self.header.expires_at)


def line_of(entry: Entry) -> bytes:
    """The line of one entry."""
    return _line(_plain(entry))


def sealed(header: Header, lines: Iterable[bytes], sign: Callable[[bytes], bytes]) -> bytes:
    """The bytes of a bundle whose entries' lines are there."""
    signed = b"".join([_line(asdict(header)), *lines])
    return signed + _line({"signature": base64.b64encode(sign(signed)).decode()})


def opened(data: bytes | mmap.mmap) -> Bundle:
    """A bundle before anybody trusts it: of its entries no more is known than how many there are."""
    first, begun, _ = data[:LONGEST_END].partition(b"\n")
    above, ended, last = data[-LONGEST_END:].rstrip(b"\n").rpartition(b"\n")
    if not (begun and ended):
        raise BadBundle("its first or its last line is missing or too long")
    signed_bytes = max(len(data) - LONGEST_END, 0) + len(above) + 1
    with _only_bad_bundles():
        signature = base64.b64decode(json.loads(last)["signature"], validate=True)
        bundle = Bundle(Header(**json.loads(first)), signature, data, signed_bytes)
        _check(bundle)
    return bundle


def entries_of(bundle: Bundle) -> Iterator[Entry]:
    """The entries, each read when it is its turn; whoever asks has checked the signature."""
    begin = bundle.data.find(b"\n") + 1
    while begin < bundle.signed_bytes:
        end = bundle.data.find(b"\n", begin)
        with _only_bad_bundles():
            entry = _entry(json.loads(bundle.data[begin:end]))
        yield entry
        begin = end + 1


@contextmanager
def _only_bad_bundles() -> Iterator[None]:
    """Whatever goes wrong in reading what others wrote is theirs."""
    try:
        yield
    except BadBundle:
        raise
    except BadLine as error:
        raise BadBundle(f"an entry's hash cannot be read: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadBundle("this is no signed bundle of this format") from error


def _check(bundle: Bundle) -> None:
    header = bundle.header
    texts = (header.feed, header.issuer, header.issued_at)
    if header.format != FORMAT or not all(_is_text(each, NAME_MAX) for each in texts):
        raise BadBundle(f"this is no bundle of the format '{FORMAT}'")
    entries_n = _lines_n(bundle) - 1
    if type(header.seq) is not int or not 1 <= header.seq < 2**63 or header.entries != entries_n:
        raise BadBundle("its number, or how many entries it says it has, is not right")
    if bundle.expires_at.tzinfo is None:
        raise BadBundle("`expires_at` has no time zone")


def _lines_n(bundle: Bundle) -> int:
    """How many lines are signed; piece by piece, for what is on the disk has no `count`."""
    ends = [*range(0, bundle.signed_bytes, COUNTED_BYTES), bundle.signed_bytes]
    return sum(bundle.data[start:end].count(b"\n") for start, end in pairwise(ends))


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _plain(entry: Entry) -> dict[str, Any]:
    if entry.revoked:
        return {"op": "revoke", "id": entry.id}
    hashes = [
        {"kind": each.kind.value, "hash": each.bits.hex()}
        | ({"t_ms": each.at_ms} if each.at_ms is not None else {})
        for each in entry.hashes
    ]
    worded = {"wording": entry.wording} if entry.wording else {}
    return {"op": "add", "id": entry.id, "opinion": entry.opinion, "signals": hashes, **worded}


def _entry(plain: dict[str, Any]) -> Entry:
    ident = plain["id"]
    if not ident or not _is_text(ident, NAME_MAX):
        raise BadBundle("an entry's id is no short text")
    if plain["op"] == "revoke":
        return Entry(ident)
    opinion, wording = plain["opinion"], plain.get("wording")
    if plain["op"] != "add" or not _is_text(opinion, LABEL_MAX):
        raise BadBundle("an entry is neither added nor revoked")
    hashes = tuple(_hash(ident, each) for each in plain["signals"])
    return Entry(ident, opinion, hashes, wording if isinstance(wording, str) else None)


def _hash(ident: str, plain: dict[str, Any]) -> ListedHash:
    kind, at_ms = HashKind(plain["kind"]), plain.get("t_ms")
    if at_ms is not None and (type(at_ms) is not int or not 0 <= at_ms < 2**53):
        raise BadBundle("a signal's time is no number of milliseconds")
    return ListedHash(kind, bits_of(kind, plain["hash"]), ident, at_ms=at_ms)


def _is_text(told: object, longest: int) -> bool:
    """Whether it is text of this length that every database keeps."""
    return isinstance(told, str) and len(told) <= longest and not _UNSTORABLE.search(told)
