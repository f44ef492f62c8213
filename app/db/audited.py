"""The rows that the audit chain vouches for: what is changed past the desk differs from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_jsonable_python
from sqlalchemy.orm import Session

from app.core.custody import chain
from app.db.attention import Attention
from app.db.base import Table
from app.db.claims import Claim
from app.db.collections import Collection, CollectionMember
from app.db.corroborations import Corroboration
from app.db.exchange import Export
from app.db.findings import Finding
from app.db.hash_lists import HashList
from app.db.holds import Hold
from app.db.imports import RUN_COLUMNS, Import
from app.db.keys import ApiKey
from app.db.matches import StoredMatch
from app.db.media import Media, Receipt
from app.db.partners import Partner, PartnerFeed
from app.db.people import Person
from app.db.proposals import StatusChange
from app.db.publications import Publication, PublishedRevision
from app.db.rights import RightsEntry
from app.db.sensitivity import StoredFlag
from app.db.subscriptions import Subscription
from app.db.trust_lists import StoredTrustList
from app.db.verifications import HistoryEntry, Note, Verification
from app.db.webhooks import WebhookEndpoint

AT_ONCE = 1000


@dataclass(frozen=True)
class Audited:
    """One kind of row: `only` these columns, or all but those that change without a decision.

    What is changed with the desk's rows of a kind is changed before `services.audit.written`.
    """

    kind: str
    model: type[Table]
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    where: tuple[Any, ...] = ()
    unsaid: str = ""
    """Column without which the chain may say nothing of a row; what it held may have been taken."""
    ends: tuple[str, ...] = ()
    """Columns of items with either of which a row goes, and the chain does not say so."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that are vouched for."""
        names = sa.inspect(self.model).columns.keys()
        return self.only or tuple(name for name in names if name not in self.but)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names of its primary key's columns."""
        return tuple(column.key or "" for column in sa.inspect(self.model).primary_key)

    def id_of(self, values: dict[str, Any]) -> str:
        """A row's primary key as one text."""
        return "/".join(str(values[name]) for name in self.keys)


WORDING = (
    *("public_wording", "missing", "correction_text"),
    *("original_context", "evidence", "conflict_note"),
)
"""What came with a record's status and people wrote: apart, because it may have to be erased."""

AUDITED = (
    Audited("media", Media, only=("id", "sha256", "size_bytes")),  # its kind is a guess at first
    Audited("receipt", Receipt),
    Audited("record", Verification, but=("opened_at", "updated_at", *WORDING)),
    Audited(
        "wording",
        Verification,
        only=("media_id", *WORDING),
        where=(sa.or_(*(getattr(Verification, name).is_not(None) for name in WORDING)),),
    ),
    Audited("history", HistoryEntry),
    Audited("note", Note),
    Audited("change", StatusChange),
    Audited("finding", Finding),
    Audited("claim", Claim),
    Audited("corroboration", Corroboration),
    Audited("rights", RightsEntry),
    Audited("attention", Attention),
    Audited("flag", StoredFlag),
    Audited("hold", Hold),
    Audited(
        "decision",
        StoredMatch,
        only=("id", "query_media_id", "known_media_id", "decision", "decided_by", "decided_at"),
        where=(StoredMatch.decision.is_not(None),),
        unsaid="decision",
        ends=("query_media_id", "known_media_id"),
    ),
    Audited("publication", Publication, but=("choices", "published_at", "updated_at")),
    Audited("revision", PublishedRevision),
    Audited("collection", Collection),
    Audited("membership", CollectionMember),
    Audited("trust_list", StoredTrustList),
    Audited("import", Import, but=RUN_COLUMNS),
    Audited("hash_list", HashList, but=("hashes", "last_number", "told_until")),
    Audited("partner", Partner),
    Audited("partner_feed", PartnerFeed, but=("begun_seq",)),
    Audited("export", Export),
    Audited("subscription", Subscription),
    Audited("key", ApiKey, but=("secret_sha256", "last_used_at")),
    Audited("person", Person, but=("password_hash",)),
    Audited(
        "webhook",
        WebhookEndpoint,
        only=("id", "url", "description", "events", "filters", "created_at", "created_by"),
    ),
)

NAMED_IN_DETAILS: dict[str, type[Table]] = {
    "attention_id": Attention,
    "change_id": StatusChange,
    "claim_id": Claim,
    "corroboration_id": Corroboration,
    "finding_id": Finding,
    "hold_id": Hold,
    "match_id": StoredMatch,
    "note_id": Note,
    "overtaken_id": StatusChange,
    "rights_id": RightsEntry,
    "target_id": Claim,
}
"""What a history entry names by id: vouched for with the entry, but each alone."""

BY_KIND = {each.kind: each for each in AUDITED}
# Of two kinds of one table the first.
_BY_MODEL = {each.model: each for each in reversed(AUDITED)}


def snapshot(row: Table, kind: str | None = None) -> tuple[str, str, dict[str, Any]]:
    """A row's kind, its id, and what the chain keeps of it."""
    audited = BY_KIND[kind] if kind else _BY_MODEL[type(row)]
    values = {name: getattr(row, name) for name in audited.columns}
    return audited.kind, audited.id_of(values), plain(values)


def named_in(session: Session, details: dict[str, Any]) -> Iterator[Table]:
    """The rows that a history entry names, such as the note that came with it."""
    for name, model in NAMED_IN_DETAILS.items():
        row = session.get(model, details[name]) if details.get(name) else None
        if row is not None:
            yield row


def rows(session: Session, audited: Audited) -> Iterator[Table]:
    """Every row of a kind that the chain has something to say of."""
    statement = sa.select(audited.model).where(*audited.where)
    with session.scalars(statement, execution_options={"yield_per": AT_ONCE}) as found:
        yield from found


def of_item(session: Session, media_id: str) -> Iterator[Table]:
    """Every row of one item that the chain vouches for, the item's own first."""
    for model in dict.fromkeys(each.model for each in AUDITED):
        columns = sa.inspect(model).columns
        key = columns["id"] if model is Media else columns.get("media_id")
        if key is not None:
            yield from session.scalars(sa.select(model).where(key == media_id))


def media_of(row: Table) -> str | None:
    """The item that a row belongs to, if to one."""
    if isinstance(row, Media):
        return row.id
    return getattr(row, "media_id", None) or getattr(row, "query_media_id", None)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the chain keeps them."""
    return {
        name: chain.instant(value) if isinstance(value, datetime) else to_jsonable_python(value)
        for name, value in values.items()
    }
