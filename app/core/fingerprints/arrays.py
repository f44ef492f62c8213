"""The one binary container for arrays: magic, version, JSON header, raw little-endian arrays.

    magic 4 B | version u16 | header length u32 | header (UTF-8 JSON) | arrays, back to back

The header names every array with its type and shape, so the exact length of a valid container
is known before anything is allocated. Nothing in it is executed: there is no pickle here.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding

type AnyArray = NDArray[Any]

PREFIX = struct.Struct("<4sHI")
HEADER_BYTES = 64 * 1024
DTYPES = {"|b1", "|u1", "|i1", "<f2", "<f4", "<i2", "<i4", "<i8", "<u4", "<u8"}


def pack_arrays(
    magic: bytes, version: int, fields: Mapping[str, Any], arrays: Mapping[str, AnyArray]
) -> bytes:
    """Join plain fields (JSON values) and arrays to one bytes value."""
    little = {
        name: np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        for name, array in arrays.items()
    }
    listed = [[name, a.dtype.str, list(np.shape(arrays[name]))] for name, a in little.items()]
    header = json.dumps({"fields": dict(fields), "arrays": listed}, separators=(",", ":")).encode()
    prefix = PREFIX.pack(magic, version, len(header))
    return b"".join([prefix, header, *(array.tobytes() for array in little.values())])


def unpack_arrays(
    magic: bytes, version: int, data: bytes
) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Take apart what `pack_arrays` joined; BadEncoding on anything else."""
    if len(data) < PREFIX.size:
        raise BadEncoding("shorter than any container")
    found, found_version, header_bytes = PREFIX.unpack_from(data)
    if found != magic:
        raise BadEncoding("the magic bytes are wrong")
    if found_version != version:
        raise BadEncoding(f"version {found_version} instead of {version}")
    start = PREFIX.size + header_bytes
    if header_bytes > HEADER_BYTES or start > len(data):
        raise BadEncoding("the header does not fit")
    fields, listed = _header(data[PREFIX.size : start])
    arrays: dict[str, AnyArray] = {}
    for name, dtype, shape in listed:
        count = math.prod(shape)
        end = start + count * np.dtype(dtype).itemsize
        if end > len(data) or name in arrays:
            raise BadEncoding(f"array {name} is cut short or doubled")
        try:
            arrays[name] = np.frombuffer(data, dtype, count, start).reshape(shape)
        except ValueError as error:
            raise BadEncoding(f"array {name} is declared with an impossible shape") from error
        start = end
    if start != len(data):
        raise BadEncoding("bytes are left over")
    return fields, arrays


def _header(raw: bytes) -> tuple[dict[str, Any], list[tuple[str, str, tuple[int, ...]]]]:
    """Read and check the header."""
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadEncoding("the header is not JSON") from error
    if not isinstance(header, dict) or set(header) != {"fields", "arrays"}:
        raise BadEncoding("the header has another shape")
    if not isinstance(header["fields"], dict) or not isinstance(header["arrays"], list):
        raise BadEncoding("the header has another shape")
    return header["fields"], [_listed(entry) for entry in header["arrays"]]


def _listed(entry: object) -> tuple[str, str, tuple[int, ...]]:
    """Check one array's entry: [name, dtype, shape]."""
    match entry:
        case [str(name), str(dtype), list(shape)] if dtype in DTYPES and len(shape) <= 4:
            if all(type(side) is int and 0 <= side < 2**40 for side in shape):
                return name, dtype, tuple(shape)
    raise BadEncoding("an array is declared with an unknown type or shape")


def checked(array: AnyArray | None, dtype: str, shape: tuple[int | None, ...]) -> AnyArray:
    """Give the array when it has this type and shape (None: any length), else BadEncoding."""
    if array is None or array.dtype != np.dtype(dtype) or array.ndim != len(shape):
        raise BadEncoding("an array is missing or has another type")
    if any(want not in {None, side} for want, side in zip(shape, array.shape, strict=True)):
        raise BadEncoding("an array has another shape")
    return array
