"""A bundle of fingerprints for another desk: JSON, a line each, signed as a whole.

The first line says who issues it, which one it is and until when it holds; the next ones add or
revoke entries; the last one signs every byte before it. A desk checks it by the issuer's public key.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.core.listed_hashes import LABEL_MAX, NAME_MAX, BadLine, HashKind, ListedHash, bits_of

FORMAT = "provenance-desk exchange 1"


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
    """A bundle as it was read, and what its signature is of; nobody checked it yet."""

    header: Header
    entries: tuple[Entry, ...]
    signed: bytes
    signature: bytes

    @property
    def expires_at(self) -> datetime:
        """Until when it holds."""
        return datetime.fromisoformat(self.header.expires_at)


def encode(header: Header, entries: Iterable[Entry], sign: Callable[[bytes], bytes]) -> bytes:
    """The bytes of a bundle."""
    lines = [asdict(header), *(_plain(each) for each in entries)]
    signed = b"".join(_line(each) for each in lines)
    return signed + _line({"signature": base64.b64encode(sign(signed)).decode()})


def decode(data: bytes) -> Bundle:
    """Read a bundle; BadBundle names what is wrong with it."""
    body, _, last = data.rstrip(b"\n").rpartition(b"\n")
    signed = body + b"\n"
    try:
        first, *rest = [json.loads(line) for line in body.split(b"\n")]
        signature = base64.b64decode(json.loads(last)["signature"], validate=True)
        header = Header(**first)
        datetime.fromisoformat(header.expires_at)
        bundle = Bundle(header, tuple(_entry(each) for each in rest), signed, signature)
    except BadLine as error:
        raise BadBundle(f"an entry's hash cannot be read: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
        raise BadBundle("this is no signed bundle of this format") from error
    _check(bundle)
    return bundle


def _check(bundle: Bundle) -> None:
    header = bundle.header
    texts = (header.feed, header.issuer, header.issued_at)
    if header.format != FORMAT or not all(isinstance(each, str) for each in texts):
        raise BadBundle(f"this is no bundle of the format '{FORMAT}'")
    if type(header.seq) is not int or header.seq < 1 or header.entries != len(bundle.entries):
        raise BadBundle("its number, or how many entries it says it has, is not right")
    if bundle.expires_at.tzinfo is None:
        raise BadBundle("`expires_at` has no time zone")


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
    if not isinstance(ident, str) or not 0 < len(ident) <= NAME_MAX:
        raise BadBundle("an entry's id is no short text")
    if plain["op"] == "revoke":
        return Entry(ident)
    opinion, wording = plain["opinion"], plain.get("wording")
    if plain["op"] != "add" or not isinstance(opinion, str) or len(opinion) > LABEL_MAX:
        raise BadBundle("an entry is neither added nor revoked")
    hashes = tuple(_hash(ident, each) for each in plain["signals"])
    return Entry(ident, opinion, hashes, wording if isinstance(wording, str) else None)


def _hash(ident: str, plain: dict[str, Any]) -> ListedHash:
    kind, at_ms = HashKind(plain["kind"]), plain.get("t_ms")
    if at_ms is not None and (type(at_ms) is not int or not 0 <= at_ms < 2**53):
        raise BadBundle("a signal's time is no number of milliseconds")
    return ListedHash(kind, bits_of(kind, plain["hash"]), ident, at_ms=at_ms)
