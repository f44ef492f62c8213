"""The audit chain: what an entry's hash is made of. Standard library alone: exports carry this file.

    content        = {"action", "actor", "at", "media_id", "payload_digest", "role", "seq",
                      "subject", "subject_id"}
    payload_digest = SHA-256(salt ‖ canonical JSON of the payload), the salt as 64 hex digits
    hash           = SHA-256(previous hash ‖ SHA-256(canonical JSON of the content)), both as hex

The content enters by its digest, so that one item's entries can be shown and checked within the
whole chain while the others show nothing but digests.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_PREVIOUS = "0" * 64
"""What the first entry has for the hash before it."""
SALT_CHARS = 64

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Content:
    """What one entry says; `subject` is a kind of thing, `at` as `instant` writes it."""

    seq: int
    at: str
    actor: str
    role: str
    action: str
    subject: str
    subject_id: str
    media_id: str | None
    payload_digest: str

    def text(self) -> str:
        """What is digested: its canonical JSON."""
        return canonical(
            {
                "action": self.action,
                "actor": self.actor,
                "at": self.at,
                "media_id": self.media_id,
                "payload_digest": self.payload_digest,
                "role": self.role,
                "seq": self.seq,
                "subject": self.subject,
                "subject_id": self.subject_id,
            }
        )


def canonical(value: Any) -> str:
    """JSON with sorted keys, without spaces, in ASCII: one text for one value."""
    return _ENCODER.encode(value)


def instant(at: datetime) -> str:
    """An instant in UTC to the microsecond, such as `2025-01-11T16:20:00.000000Z`."""
    in_utc = at.astimezone(UTC).replace(tzinfo=None)
    return in_utc.isoformat(timespec="microseconds") + "Z"


def payload_digest(salt: str, payload: str) -> str:
    """The digest of a payload's canonical JSON; without the salt nobody can guess at it."""
    return hashlib.sha256((salt + payload).encode()).hexdigest()


def content_digest(content: Content) -> str:
    """The digest of what an entry says."""
    return hashlib.sha256(content.text().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is stored: what it says, its two hashes, and its payload unless erased."""

    content: Content
    previous: str
    hash: str
    salt: str | None
    payload: str | None


def fault(link: Link, seq: int, previous: str) -> str | None:
    """What is wrong with the link that should be number `seq` after the hash `previous`; or None.

    A missing payload is no fault here: whether it was erased by rights, the entries after it tell.
    """
    if link.content.seq != seq:
        return f"entry {seq} is missing: entry {link.content.seq} stands in its place"
    if link.previous != previous:
        return "it does not follow the entry before: the hash that it holds of it is another"
    if link.hash != chained(previous, content_digest(link.content)):
        return "its hash does not fit what it says: the entry was altered"
    return _payload_fault(link)


def _payload_fault(link: Link) -> str | None:
    if (link.salt is None) != (link.payload is None):
        return "half of its payload is missing"
    if link.salt is None or link.payload is None:
        return None
    fits = payload_digest(link.salt, link.payload) == link.content.payload_digest
    if not fits or len(link.salt) != SALT_CHARS:
        return "its payload does not fit its digest: the payload was altered"
    return None


def chained(previous: str, content: str) -> str:
    """An entry's hash, from the hash before it and its content's digest."""
    return hashlib.sha256((previous + content).encode()).hexdigest()
