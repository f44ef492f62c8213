import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import AlgorithmMismatch, BadEncoding
from app.core.fingerprints.arrays import PREFIX, pack_arrays
from app.core.fingerprints.fingerprint import (
    ARRAYS,
    MAGIC,
    PLAIN,
    VERSION,
    decode,
    encode,
    require_comparable,
)
from app.core.index import SearchHits, SearchQuery
from tests.core.made_fingerprints import make_fingerprint


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6), st.integers(0, 3), st.integers(0, 50), st.integers(0, 2**31))
def test_what_is_encoded_is_decoded(frames: int, views: int, sound: int, seed: int) -> None:
    made = make_fingerprint(frames, views, sound, seed)
    again = decode(encode(made))
    for name in PLAIN:
        assert getattr(again, name) == getattr(made, name)
    for name in ARRAYS:
        first, second = getattr(made, name), getattr(again, name)
        if first.size:
            assert first.dtype == second.dtype
            assert np.array_equal(first, second)
        else:
            assert second.size == 0


def test_the_encoding_is_stable() -> None:
    data = encode(make_fingerprint(frames=1, views=1, sound=2))
    assert data[:6] == b"PDfp\x02\x00"
    (length,) = struct.unpack_from("<I", data, 6)
    assert data[10 : 10 + length].decode() == (
        '{"fields":{"algorithm":"test","kind":"video","duration_ms":1000,"width":640,"height":360,'
        '"view_names":["whole"]},"arrays":[["timestamps_ms","<i8",[1]],["shots","<i4",[1]],'
        '["votes","|b1",[1]],["pdq","|u1",[1,32]],["pdq_quality","|u1",[1]],["phash","|u1",[1,8]],'
        '["descriptors","<f2",[1,512]],["view_ids","<i2",[1,1]],'
        '["view_descriptors","|i1",[1,1,512]],["view_boxes","<f4",[1,4]],'
        '["sound","<u4",[2]],["sound_votes","|b1",[2]],'
        '["pdq_forms","|u1",[1,2,32]]]}'
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_are_refused_or_read_never_worse(data: st.DataObject) -> None:
    whole = bytearray(encode(make_fingerprint(1, 1, 2)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, min(len(whole), 700) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadEncoding):
        decode(bytes(whole))


def test_cut_or_longer_bytes_are_refused() -> None:
    whole = encode(make_fingerprint(1, 1, 2))
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        with pytest.raises(BadEncoding):
            decode(whole[:length])
    with pytest.raises(BadEncoding):
        decode(whole + b"\0")


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"not json",
        b'{"fields":{},"arrays":[["pdq","|u1",[1099511627775]]]}',
        b'{"fields":{},"arrays":[["pdq","|u1",[-1]]]}',
        b'{"fields":{},"arrays":[["pdq","|O",[1]]]}',
        b'{"fields":{},"arrays":[["pdq","|u1",[true]]]}',
        b'{"fields":{},"arrays":[["pdq","|u1",[0]],["pdq","|u1",[0]]]}',
        b'{"fields":{},"arrays":[]}',
        b"[" * 60_000,
        b'{"fields":{},"arrays":[["pdq","|u1",[1099511627775,1099511627775,0,1]]]}',
    ],
)
def test_false_headers_are_refused(header: bytes) -> None:
    with pytest.raises(BadEncoding):
        decode(PREFIX.pack(MAGIC, VERSION, len(header)) + header)


def test_rows_that_do_not_belong_together_are_refused() -> None:
    made = make_fingerprint(3)
    arrays = {name: getattr(made, name) for name in ARRAYS} | {"votes": np.ones(2, np.bool_)}
    plain = {name: getattr(made, name) for name in PLAIN}
    with pytest.raises(BadEncoding):
        decode(pack_arrays(MAGIC, VERSION, plain, arrays))


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", []), ("kind", "film"), ("width", -1), ("algorithm", 1), ("view_names", "whole")],
)
def test_false_fields_are_refused(name: str, value: object) -> None:
    made = make_fingerprint(3)
    arrays = {each: getattr(made, each) for each in ARRAYS}
    plain = {each: getattr(made, each) for each in PLAIN}
    assert decode(pack_arrays(MAGIC, VERSION, plain, arrays)).kind is made.kind
    with pytest.raises(BadEncoding):
        decode(pack_arrays(MAGIC, VERSION, plain | {name: value}, arrays))


def test_queries_and_hits_are_no_fingerprints() -> None:
    made = make_fingerprint()
    with pytest.raises(BadEncoding):
        SearchQuery.from_bytes(encode(made))
    with pytest.raises(BadEncoding):
        SearchHits.from_bytes(SearchQuery.of(made).to_bytes())


def test_a_view_says_how_it_lies_in_the_frame() -> None:
    view = make_fingerprint().view(0, 1)
    assert (view.part, view.mirrored, view.rotation) == ("whole", True, 0)


def test_other_algorithms_are_not_compared() -> None:
    require_comparable("a", "a")
    with pytest.raises(AlgorithmMismatch):
        require_comparable("a", "b")
