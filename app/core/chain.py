"""The audit chain: what an entry's hash is made of. Standard library alone: exports carry this file.

    content        = {"action", "actor", "at", "media_id", "payload_digest", "role", "seq", "subject"}
    payload_digest = SHA-256(salt ‖ canonical JSON of the payload)
    hash           = SHA-256(previous hash ‖ SHA-256(canonical JSON of the content)), both as hex

The content enters by its digest, so that one item's entries can be shown and checked within the
whole chain while the others show nothing but digests.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_PREVIOUS = "0" * 64
"""What the first entry has for the hash before it."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one entry says; `subject` is `kind/id`, `at` as `instant` writes it."""

    seq: int
    at: str
    actor: str
    role: str
    action: str
    subject: str
    media_id: str | None
    payload_digest: str


def canonical(value: Any) -> str:
    """JSON with sorted keys, without spaces, in ASCII: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant(at: datetime) -> str:
    """An instant in UTC to the microsecond, such as `2025-01-11T16:20:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def payload_digest(salt: str, payload: str) -> str:
    """The digest of a payload's canonical JSON; without `salt` (hex) nobody can guess at it."""
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def content_digest(content: Content) -> str:
    """The digest of what an entry says."""
    return hashlib.sha256(canonical(asdict(content)).encode()).hexdigest()


def chained(previous: str, content: str) -> str:
    """An entry's hash, from the hash before it and its content's digest."""
    return hashlib.sha256((previous + content).encode()).hexdigest()
