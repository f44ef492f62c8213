"""The audit chain read: whole and in order, one item's part of it, or a page of what is wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.custody import chain
from app.db import as_stored
from app.db.audit import AuditEntry, AuditPayload, content_of
from app.db.paging import Paged, paged


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stands in an erased payload's place; what was not written there is None."""

    at: datetime | None
    by: str | None
    authority: str | None

    @property
    def is_blank(self) -> bool:
        """Whether nothing says that the payload was erased."""
        return (self.at, self.by, self.authority) == (None, None, None)


def links(session: Session) -> Iterator[tuple[chain.Link, Tombstone] | None]:
    """The whole chain, in order, as it is stored; None for an entry that is unreadable."""
    for _, values in as_stored.rows(session, _stored()):
        if values is None:
            yield None
            continue
        row = SimpleNamespace(**values)
        yield _link(row), Tombstone(row.erased_at, row.erased_by, row.authority)


def some_links(
    session: Session, after: int, upto: int, media_id: str | None, limit: int
) -> list[chain.Link]:
    """The first entries behind `after` up to `upto`, of all items or of one."""
    statement = _stored().where(AuditEntry.seq > after, AuditEntry.seq <= upto)
    if media_id is not None:
        statement = statement.where(AuditEntry.media_id == media_id)
    return [_link(row) for row in session.execute(statement.limit(limit))]


def span_of(session: Session, media_id: str) -> tuple[int, int]:
    """The numbers of the first and the last entry about an item that has some."""
    seqs = sa.select(sa.func.min(AuditEntry.seq), sa.func.max(AuditEntry.seq))
    first, last = session.execute(seqs.where(AuditEntry.media_id == media_id)).one()
    return first, last


def _stored() -> sa.Select[*tuple[Any, ...]]:
    payload = (AuditPayload.salt, AuditPayload.payload, AuditPayload.erased_at)
    tombstone = (AuditPayload.erased_by, AuditPayload.authority)
    return (
        sa.select(*AuditEntry.__table__.columns, *payload, *tombstone)
        .outerjoin(AuditPayload, AuditPayload.seq == AuditEntry.seq)
        .order_by(AuditEntry.seq)
    )


def _link(row: sa.Row[*tuple[Any, ...]] | SimpleNamespace) -> chain.Link:
    return chain.Link(content_of(row), row.prev_hash, row.hash, row.salt, row.payload)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are listed; None asks for nothing. `action` may be a prefix such as `key.*`."""

    media_id: str | None = None
    actor_id: str | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def page(
    session: Session, wanted: AuditFilter, limit: int, cursor: str | None
) -> Paged[AuditEntry]:
    """One page of entries, the newest first."""
    statement = sa.select(AuditEntry)
    for column, value in (
        (AuditEntry.media_id, wanted.media_id),
        (AuditEntry.actor_id, wanted.actor_id),
        (AuditEntry.subject_kind, wanted.subject_kind),
        (AuditEntry.subject_id, wanted.subject_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.action is not None and wanted.action.endswith(".*"):
        prefix = wanted.action.removesuffix("*")
        statement = statement.where(AuditEntry.action.startswith(prefix, autoescape=True))
    elif wanted.action is not None:
        statement = statement.where(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEntry.at < wanted.until)
    return paged(session, statement.order_by(AuditEntry.seq.desc()), limit, cursor)


def payloads(session: Session, seqs: Sequence[int]) -> dict[int, AuditPayload]:
    """The payloads of some entries, by their numbers."""
    found = session.scalars(sa.select(AuditPayload).where(AuditPayload.seq.in_(seqs)))
    return {each.seq: each for each in found}


def stray_payloads(session: Session) -> list[int]:
    """Payloads that belong to no entry."""
    has_entry = sa.exists().where(AuditEntry.seq == AuditPayload.seq)
    return list(session.scalars(sa.select(AuditPayload.seq).where(~has_entry)))


def payload_text(session: Session, seq: int) -> str:
    """An entry's payload as it is stored; `null` when it was erased."""
    return session.scalar(sa.select(AuditPayload.payload).where(AuditPayload.seq == seq)) or "null"
