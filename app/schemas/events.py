"""Events on the wire: `{type, timestamp, data}`, the same in webhooks and in the feed.

`data` always holds `id`, `media_id`, `occurred_seq` (orders events; a receiver that missed some
reads them from `/v1/events?after=`), `actor_kind` and `links`; `FIELDS` names what each type adds. Of a
sensitive item only `CODES` are told, and its flags as `sensitivity`, whenever that became known.
"""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

from app.schemas.enums import EventType
from app.schemas.privacy_enums import SensitivityFlag

# Standard Webhooks asks for less; receivers commonly refuse more.
BODY_MAX_BYTES = 20_000

URGENT = (EventType.VERDICT_WITHDRAWN, EventType.INTEGRITY_FAILED)
"""What is sent before anything else that waits."""

_MATCH = (
    "match_id",
    "known_id",
    "against",
    "score",
    "grade",
    "relation",
    "transforms",
    "coverage_q",
    "coverage_r",
    "segments_n",
    "known_status",
)

_OLDER = ("older_media_id", "older_uploaded_at", "older_status", "was_published")

_CORROBORATION = ("corroboration_id", "about", "target_id", "stance", "independence")

FIELDS: dict[EventType, tuple[str, ...]] = {
    EventType.MEDIA_RECEIVED: (
        "sha256",
        "size",
        "kind",
        "source_kind",
        "receipt_id",
        "duplicate_of",
        "purged_before",
    ),
    EventType.MEDIA_REJECTED: ("reason_code", "filename_hash"),
    EventType.MEDIA_FINGERPRINTED: ("algorithm", "duration_s", "usable_frames", "warnings"),
    EventType.MEDIA_FAILED: ("stage", "error_code", "retryable"),
    EventType.PURGE_PROPOSED: ("authority",),
    EventType.PURGE_REFUSED: (),
    EventType.MEDIA_PURGED: ("what", "authority", "sha256"),
    EventType.MEDIA_PROVENANCE_READ: ("c2pa", "list", "ai_disclosed", "metadata_flags"),
    EventType.MATCH_FOUND: _MATCH,
    EventType.MATCH_FOUND_RETROACTIVELY: (*_MATCH, *_OLDER),
    EventType.MATCH_REVIEWED: ("match_id", "known_id", "decision", "relation"),
    EventType.MATCH_INVALIDATED: ("match_id", "known_id", "reason"),
    EventType.SUBSCRIPTION_MATCHED: ("subscription_id", "subscription", *_MATCH),
    EventType.SENSITIVITY_CHANGED: ("added", "removed", "reviewed"),
    EventType.HOLD_PLACED: ("hold_id", "scope"),
    EventType.HOLD_RELEASED: ("hold_id", "scope"),
    EventType.STATUS_CHANGED: (
        "from",
        "to",
        "reason_code",
        "version",
        "approved_by_role",
        "public_wording",
    ),
    EventType.CHANGE_PROPOSED: ("change_id", "to", "proposer_role", "due_at"),
    EventType.PROPOSAL_REFUSED: ("change_id", "to"),
    EventType.ATTENTION_REQUIRED: ("attention_id", "reasons", "detail"),
    EventType.ATTENTION_CLOSED: ("attention_id", "reasons"),
    EventType.VERDICT_WITHDRAWN: (
        "from",
        "reason_code",
        "correction_text",
        "version",
        "affected_exports",
    ),
    EventType.FINDING_RECORDED: ("finding_id", "pillar", "verdict"),
    EventType.CLAIM_STATE_CHANGED: ("claim_id", "from", "to"),
    EventType.CORROBORATION_ADDED: _CORROBORATION,
    EventType.CORROBORATION_RETRACTED: (*_CORROBORATION, "retracts_id"),
    EventType.RIGHTS_CHANGED: ("from", "to"),
    EventType.NOTE_ADDED: ("note_id", "visibility", "mentions"),
    EventType.REVIEW_PUBLISHED: ("url", "version"),
    EventType.REVIEW_CORRECTED: ("url", "version"),
    EventType.REVIEW_TOMBSTONED: ("url", "version"),
    EventType.IMPORT_COMPLETED: ("import_id", "added", "duplicates", "failed", "retro_matches"),
    EventType.SIGNAL_FOUND: (
        "signal_id",
        "list",
        "entry",
        "hash",
        "opinion",
        "distance",
        "query_share",
        "listed_share",
    ),
    EventType.FEED_RECEIVED: ("feed", "signals_n", "matches_n"),
    EventType.INTEGRITY_FAILED: ("kind", "object", "seq", "detail"),
    EventType.ENDPOINT_FAILING: ("endpoint_id", "since", "failures", "next_try_at"),
    EventType.ENDPOINT_RECOVERED: ("endpoint_id", "undelivered_n"),
    EventType.ENDPOINT_DISABLED: ("endpoint_id", "reason", "undelivered_n"),
    EventType.WEBHOOK_TEST: (),
}


CODES = frozenset(
    {
        *("algorithm", "duration_s", "usable_frames", "warnings", "stage", "error_code"),
        *("retryable", "kind", "source_kind", "receipt_id", "duplicate_of", "purged_before"),
        *_MATCH,
        *_OLDER,
        "subscription_id",
        *("decision", "reason", "added", "removed", "reviewed", "hold_id", "scope"),
        *("what", "authority", "from", "to", "reason_code", "version", "note_id", "visibility"),
        *("mentions", "approved_by_role", "change_id", "proposer_role", "due_at"),
        *("c2pa", "list", "ai_disclosed", "metadata_flags", "url", "object", "seq"),
        *("attention_id", "reasons", "finding_id", "pillar", "verdict", "claim_id"),
        *_CORROBORATION,
        *("retracts_id", "filename_hash", "affected_exports"),
        *("endpoint_id", "since", "failures", "next_try_at", "undelivered_n"),
        *("import_id", "duplicates", "failed", "retro_matches"),
        *("signal_id", "hash", "opinion", "distance"),
        *("query_share", "listed_share", "feed", "signals_n", "matches_n"),
    }
)
"""The fields that are ids, codes and numbers: all that is told of a sensitive item."""

WITHHELD = frozenset(
    {"correction_text", "detail", "entry", "public_wording", "sha256", "size", "subscription"}
)
"""The fields that hold words or names, or that tell a content from others."""


def thin(data: dict[str, Any], flags: frozenset[SensitivityFlag]) -> dict[str, Any]:
    """What is told of an event about an item with these flags, which are told along with it."""
    if not flags:
        return data
    kept = {name: value for name, value in data.items() if name in CODES or name == "actor_kind"}
    return {**kept, "sensitivity": sorted(flags)}


class EventItem(BaseModel):
    """One event of the feed: the webhook's body, and the number to go on from."""

    seq: int
    type: EventType
    timestamp: datetime
    data: dict[str, Any] = Field(description="As in the webhook of this event.")


class EventPage(BaseModel):
    """Events in order; following `next_after` gives every event once."""

    items: list[EventItem]
    next_after: int = Field(description="The `after` of the next request, now or later.")
    next: str | None = Field(None, description="The same while there may be more; null at the end.")


def encode_body(kind: EventType, at: datetime, data: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent; of an over-long event only its plain fields."""
    body = _encode(kind, at, data)
    if len(body) < BODY_MAX_BYTES:
        return body
    plain = {
        name: value
        for name, value in data.items()
        if name == "links" or (not isinstance(value, (list, dict)) and len(str(value)) <= 500)
    }
    return _encode(kind, at, {**plain, "truncated": True})


def _encode(kind: EventType, at: datetime, data: dict[str, Any]) -> bytes:
    timestamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = {"type": kind.value, "timestamp": timestamp, "data": data}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
