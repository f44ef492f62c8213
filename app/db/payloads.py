"""What people wrote and what names somebody, table by table: what a purge takes and what it leaves.

A table that hangs on an item stands here, or a test fails: of those in `STAYS` the named columns
stay and every other column is emptied, rows of those in `REMOVED` go. `EXEMPT` have their reasons.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.base import Table
from app.schemas.enums import HistoryAction

STAYS: Final[dict[str, str]] = {
    "media": "id sha256 kind state stage size_bytes progress attempt received_at updated_at"
    " purged_before",
    "receipts": "id media_id received_at received_by received_via source_kind file_origin"
    " desk_version",
    "verifications": "media_id status version reason_code duplicate_of authenticity_codes"
    " approved_by has_conflict rights publication opened_at updated_at",
    "notes": "id media_id author_id author_name created_at visibility supersedes_id",
    "findings": "id media_id pillar verdict by_id by_name at supersedes_id",
    "claims": "id media_id state by_id by_name recorded_at",
    "corroborations": "id media_id about target_id source_kind source_protected stance basis"
    " independence retracts_id by_id by_name recorded_at",
    "rights_entries": "id media_id state by_id by_name at",
    "attention": "id media_id reason opened_at closed_at closed_by closed_by_name note_id",
    "status_changes": "id media_id origin to note_id state by_id by_name by_role at decided_by_id"
    " decided_by_name decided_by_role decided_at",
    "publications": "media_id slug url version tombstoned_at published_at updated_at",
    "subscriptions": "id owner_id owner_name media_id collection_id min_grade active created_at",
    "import_items": "number import_id line seen media_id fact_check_id state code",
    "history": "seq media_id at actor_id actor_name actor_role action version",
    "events": "seq id type media_id at",
}

REMOVED: Final = (
    "fact_check_media",
    "fixity_checks",
    "item_hashes",
    "match_searches",
    "media_tags",
    "provenance_readings",
    "purge_proposals",
    "refingerprints",
    "restricted_terms",
    "retention_classes",
    "sensitive_views",
    "sensitivity_flags",
    "sensitivity_reviews",
    "signals",
    "uploads",
)

EXEMPT: Final = {
    "audit_entries": "never changed; their payloads are erased by services.audit",
    "collection_members": "go with the fingerprint, unless it is kept",
    "exported_items": "say which partners must be told to forget the item",
    "fingerprints": "go in a step of their own, unless they are kept",
    "holds": "say who kept the item, and were released before",
    "matches": "invalidated, for the other item's record",
    "note_erasures": "say why a note has no text, and name nobody",
    "publication_revisions": "are public; services.publication empties them where the law asks",
    "tombstones": "what is left",
}

_LISTS: Final = frozenset({"findings.evidence", "findings.method", "notes.mentions"})
"""JSON columns `table.column` that are never null and hold a list; others hold an object."""


def empty(session: Session, media_id: str) -> None:
    """Take what people wrote about an item, and who was named, out of every table."""
    for name in STAYS:
        table = Table.metadata.tables[name]
        values = {column.name: _nothing(column) for column in emptied(table)}
        mine = _key(table) == media_id
        if name == "history":  # why it was purged stays
            mine = sa.and_(mine, table.c.action != HistoryAction.PURGED.value)
        session.execute(sa.update(table).where(mine).values(values))
    for name in REMOVED:
        table = Table.metadata.tables[name]
        session.execute(sa.delete(table).where(table.c.media_id == media_id))
    session.expire_all()


def _key(table: sa.Table) -> sa.Column[Any]:
    return table.c.id if table.name == "media" else table.c.media_id


def emptied(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that a purge empties of a table whose rows stay."""
    return [column for column in table.columns if column.name not in STAYS[table.name].split()]


def _nothing(column: sa.Column[Any]) -> Any:
    """What stands in an emptied column."""
    if column.nullable:
        return sa.null()
    if isinstance(column.type, sa.JSON):
        return [] if f"{column.table.name}.{column.name}" in _LISTS else {}
    if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
        return ""
    raise TypeError(f"{column} can be neither emptied nor left: make it nullable or let it stay")
