"""One hash of somebody's list: what it is made of, and how its parts are written."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

LABEL_MAX = 200
LEAST_QUALITY = 50
"""The quality from which PDQ's authors compare hashes."""
NAME_MAX = 200


class HashKind(StrEnum):
    """What a listed hash is made of: a picture, one frame of a video, or a file's bytes."""

    PDQ = "pdq"
    VPDQ = "vpdq"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"


class BadLine(ValueError):
    """A line that holds no hash that can be read; says why."""


@dataclass(frozen=True, slots=True)
class ListedHash:
    """One hash of a list. `entry` names what it is of; for vPDQ it is the video's name."""

    kind: HashKind
    bits: bytes
    entry: str = ""
    quality: int | None = None
    at_ms: int | None = None
    label: str | None = None


_BYTES = {
    HashKind.PDQ: 32,
    HashKind.VPDQ: 32,
    HashKind.MD5: 16,
    HashKind.SHA1: 20,
    HashKind.SHA256: 32,
}
TYPES = {
    **{kind.value: kind for kind in HashKind},
    "hash_pdq": HashKind.PDQ,
    "video_vpdq": HashKind.VPDQ,
    "hash_vpdq": HashKind.VPDQ,
    "video_md5": HashKind.MD5,
    "hash_md5": HashKind.MD5,
    "hash_video_md5": HashKind.MD5,
    "sha-1": HashKind.SHA1,
    "hash_sha1": HashKind.SHA1,
    "sha-256": HashKind.SHA256,
    "hash_sha256": HashKind.SHA256,
}


def kind_of(told: str) -> HashKind:
    """The kind that a list calls by this name."""
    kind = TYPES.get(told.lower())
    if kind is None:
        raise BadLine(f"'{told[:40]}' is no kind of hash that this desk compares")
    return kind


def bits_of(kind: HashKind, digits: str) -> bytes:
    """A hash of this kind from its hexadecimal digits."""
    size = _BYTES[kind]
    try:
        bits = bytes.fromhex(digits)
    except ValueError:
        raise BadLine(f"a {kind} hash is {2 * size} hexadecimal digits") from None
    if len(bits) != size:
        raise BadLine(f"a {kind} hash is {2 * size} hexadecimal digits, not {len(digits)}")
    return bits


def frames_of(written: str, entry: str) -> list[ListedHash]:
    """A video's hashes as python-threatexchange writes them: JSON, `hash,quality,timestamp` each."""
    name = entry or hashlib.sha256(written.encode()).hexdigest()[:32]
    try:
        frames = [str(each).split(",") for each in json.loads(written)]
        found = [
            ListedHash(
                HashKind.VPDQ,
                bits_of(HashKind.VPDQ, digits),
                name[:NAME_MAX],
                quality_of(quality),
                at_ms_of(at_s),
            )
            for digits, quality, at_s in frames
        ]
    except (ValueError, RecursionError) as error:
        raise BadLine(f"this is no list of a video's hashes: {error}") from error
    if not found:
        raise BadLine("this video has no hashes")
    return found


def quality_of(written: str) -> int | None:
    """A quality, 0 to 100; None where none is written."""
    if not written:
        return None
    if not is_quality(written):
        raise BadLine("a quality is a whole number from 0 to 100")
    return int(written)


def is_quality(written: str) -> bool:
    """Whether this is a whole number from 0 to 100."""
    # `int` refuses some of what `isdigit` lets through, and what has thousands of digits.
    is_short = written.isascii() and written.isdecimal() and len(written) <= 3
    return is_short and int(written) <= 100


def at_ms_of(written: str) -> int | None:
    """A moment in milliseconds from one in seconds; None where none is written."""
    try:
        at_s = float(written) if written else None
    except ValueError:
        raise BadLine("a timestamp is a number of seconds") from None
    if at_s is None:
        return None
    if not 0 <= at_s < 1e9:
        raise BadLine("a timestamp is a number of seconds from 0 on")
    return round(at_s * 1000)


def label_of(written: str | None) -> str | None:
    """What is said of a hash, cut to what is kept."""
    return written[:LABEL_MAX] if written else None
