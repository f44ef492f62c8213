"""Where people can be named: every text of the desk is looked at, or has its reason not to be."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.base import Table
from app.db.payloads import STAYS, emptied

SEARCHED_BESIDES: Final[dict[str, str]] = {
    "api_keys": "name",
    "collections": "slug title",
    "delivery_attempts": "error answer_head",
    "desk_sessions": "user_agent address",
    "desk_views": "name query",
    "exchange_exports": "wanted",
    "fact_checks": "url claim verdict author author_url links search_text",
    "hash_lists": "slug title source_name description",
    "holds": "reason release_reason",
    "imports": "root path options fault",
    "listed_hashes": "entry label",
    "lookups": "question answer",
    "matches": "notes",
    "media_tags": "tag",
    "note_erasures": "reason",
    "partners": "name",
    "people": "name login oidc_subject",
    "provenance_readings": "detail report metadata_values failures pictures hints evidenced",
    "publication_revisions": "review",
    "publications": "slug url",
    "purge_proposals": "reason",
    "restricted_terms": "term",
    "retention_classes": "reason",
    "signals": "entry label",
    "tombstones": "reason keep_reason",
    "trust_lists": "name authorities",
    "uploads": "said failure",
    "webhook_endpoints": "url description filters disabled_reason",
}
"""Columns that are looked at besides those that a purge empties, table by table."""

NAMELESS: Final[dict[str, str]] = {
    "who of the desk acted: `people` and `api_keys` have each name": "author_name closed_by"
    " closed_by_name by_name by_role actor_name actor_role owner_name placed_by placed_by_name"
    " released_by released_by_name decided_by decided_by_name decided_by_role received_by"
    " ordered_by ordered_by_name cancelled_by created_by imported_by removed_by issued_by added_by"
    " asked_by set_by made_by erased_by",
    "ids": "id media_id note_id by_id author_id actor_id owner_id target_id retracts_id subject_id"
    " supersedes_id decided_by_id collection_id import_id fact_check_id list_id partner_id person_id"
    " query_media_id known_media_id endpoint_id delivery_id subscription_id api_key_id"
    " signing_key_id manifest_id duplicate_of seen feed pair principal leased_by taken_by writer",
    "digests, keys and secrets": "sha256 body_sha256 secret_sha256 shape_sha256 digest"
    " payload_digest prev_hash hash purged_before salt public_key secret previous_secret"
    " password_hash idempotency.key fact_check_links.key pem",
    "words and numbers of the desk": "code desk_version action subject_kind algorithm reader lists"
    " shape scopes events kind authority engine_version authenticity_codes time_ranges segments"
    " evidence host object route headers integrity_faults.detail timestamp_requests.error"
    " refingerprints.failure fact_checks.published_at imports.collection",
    "rows as they were; erased with what they tell of": "audit_payloads.payload",
    "answers made of what is searched, kept for a week": "idempotency.body",
}
"""Texts that name nobody who is named nowhere else: why, and the columns, of one table or of any."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A column of a row in which something was found; `media_id` if it is about one item."""

    media_id: str | None
    table: str
    column: str
    row_id: str


def searched(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of a table that are looked at."""
    besides = [table.c[name] for name in SEARCHED_BESIDES.get(table.name, "").split()]
    return [*(emptied(table) if table.name in STAYS else ()), *besides]


def everywhere(session: Session, found_in: Any) -> Iterator[Mention]:
    """Every place in which `found_in(text)` says that it found something; reads all there is."""
    for name in dict.fromkeys((*STAYS, *SEARCHED_BESIDES)):
        table = Table.metadata.tables[name]
        columns = searched(table)
        ident = table.primary_key.columns.values()[-1]
        about = table.c.id if name == "media" else table.c.get("media_id", sa.null())
        filled = sa.or_(*(column.is_not(None) for column in columns))
        rows = session.execute(sa.select(about, ident, *columns).where(filled))
        for media_id, row_id, *values in rows.yield_per(1000):
            for column, value in zip(columns, values, strict=True):
                if value and found_in(_sent(value) if name == "uploads" else _text(value)):
                    yield Mention(media_id, name, column.name, str(row_id))


def _text(value: Any) -> str:
    """All texts in a value, each beginning a line."""
    if isinstance(value, dict):
        return "\n".join(map(_text, (*value, *value.values())))
    return "\n".join(map(_text, value)) if isinstance(value, list) else str(value)


def _sent(said: Any) -> str:
    """What an upload began with is kept as it was sent: names, each with a text in Base64."""
    if not isinstance(said, str):
        return _text(said)
    sent = (pair.strip().partition(" ")[2] for pair in said.split(","))
    return "\n".join(base64.b64decode(value).decode(errors="replace") for value in sent)
