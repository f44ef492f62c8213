"""Bundles as others may send them: little is read of one before its signature is checked."""

import json
import tracemalloc
from dataclasses import asdict, replace

import pytest

from app.core.exchange.bundles import (
    LONGEST_END,
    BadBundle,
    Entry,
    Header,
    entries_of,
    line_of,
    opened,
    sealed,
)
from app.core.exchange.listed_hashes import HashKind, ListedHash

HEADER = Header("exchange", "k", 1, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00+00:00", 2)
ENTRIES = [
    Entry("a", "fabricated", (ListedHash(HashKind.VPDQ, b"\1" * 32, "a", at_ms=40),), "Not so."),
    Entry("b"),
]
LINES = [line_of(each) for each in ENTRIES]


def raw(*lines: bytes, header: Header = HEADER) -> bytes:
    """A bundle of such lines."""
    first = json.dumps(asdict(replace(header, entries=len(lines)))).encode()
    return b"\n".join([first, *lines, b'{"signature": "AAAA"}', b""])


def test_what_is_written_is_read() -> None:
    signed: list[bytes] = []

    def sign(data: bytes) -> bytes:
        signed.append(data)
        return b"signature"

    bundle = opened(sealed(HEADER, LINES, sign) + b"\n")
    assert (bundle.header, bundle.signature) == (HEADER, b"signature")
    assert bytes(bundle.signed) == signed[0]
    assert list(entries_of(bundle)) == ENTRIES


def test_nobodys_bundle_takes_no_memory() -> None:
    data = raw(*[b"[]"] * 1_000_000)
    tracemalloc.start()
    bundle = opened(data)
    for _ in range(2):
        with pytest.raises(BadBundle):
            list(entries_of(bundle))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 1024 * 1024


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n{}\n",
        sealed(replace(HEADER, entries=1), LINES, lambda _: b""),
        sealed(replace(HEADER, entries=3), LINES, lambda _: b""),
        sealed(replace(HEADER, seq=2**63), LINES, lambda _: b""),
        raw(header=replace(HEADER, feed="a\0b")),
        raw(header=replace(HEADER, expires_at="2026-02-01T00:00:00")),
        b"[" * 10_000 + b"\n" + raw(),
        raw() + b'{"signature": "' + b"A" * LONGEST_END + b'"}\n',
    ],
)
def test_what_is_no_bundle_is_not_opened(data: bytes) -> None:
    with pytest.raises(BadBundle):
        opened(data)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b"\xff",
        b"9" * 5000,
        b'{"op": "revoke", "id": ""}',
        b'{"op": "revoke", "id": "a\\u0000b"}',
        b'{"op": "add", "id": "a", "opinion": "\\ud800", "signals": []}',
        b'{"op": "add", "id": "a", "opinion": "x", "signals": [{"kind": "md5", "hash": "00"}]}',
    ],
)
def test_an_entry_that_cannot_be_read_makes_the_bundle_bad(line: bytes) -> None:
    bundle = opened(raw(line))
    with pytest.raises(BadBundle):
        list(entries_of(bundle))
