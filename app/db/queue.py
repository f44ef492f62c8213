"""The desk's queue: which items need a person, why, and in which order.

One statement ranks everything that waits; what is shown of a row is read for one page only.
"""

from collections import defaultdict
from collections.abc import Collection as SomeOf
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.policy import Grade
from app.db import shelves
from app.db.attention import Attention
from app.db.collections import in_any
from app.db.matches import ALERTING, StoredMatch
from app.db.media import Media
from app.db.media_lists import MediaFilter, matching
from app.db.proposals import StatusChange
from app.db.purge_proposals import PurgeProposal
from app.db.rejections import nobody_rejected
from app.db.verifications import Verification
from app.schemas.enums import MediaState, VerificationStatus
from app.schemas.queue import Need
from app.schemas.record_enums import AttentionReason, ChangeState, PublicationState

_RANKS = {need: rank for rank, need in enumerate(Need)}
_NEEDS = tuple(Need)
_PUBLIC = (PublicationState.PUBLISHED, PublicationState.CORRECTED)
_CONTRADICTED = (AttentionReason.RETROACTIVE_MATCH, AttentionReason.OLDER_THAN_CLAIMED)
_BY_REASON = {
    AttentionReason.FIXITY_FAILED: Need.DAMAGED,
    AttentionReason.CONFLICTING_CORROBORATION: Need.CONFLICT,
    AttentionReason.REVIEW_DUE: Need.DUE,
    AttentionReason.OLDER_THAN_CLAIMED: Need.OLDER,
    AttentionReason.RETROACTIVE_MATCH: Need.OLDER,
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue shows; `everything` lists what needs nobody, too. None asks for nothing."""

    everything: bool = False
    status: VerificationStatus | None = None
    needs: tuple[Need, ...] = ()
    owners: tuple[str, ...] = ()
    nobodys: bool = False
    collection: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The items of one page with what each needs, and how many there are on all pages."""

    needs: dict[str, Need | None]
    total: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The matches of an item that wait for a person: how many, and the surest of them."""

    count: int
    surest: StoredMatch


def page(session: Session, wanted: QueueFilter, at: datetime, limit: int, offset: int) -> QueuePage:
    """One page of the queue as of `at`, most urgent first, and then what came last."""
    ranked, total = _ranked(at), sa.func.count().over()
    newest = (Media.received_at.desc(), Media.id.desc())
    order = newest if wanted.everything else (ranked.c.rank, *newest)
    # Beside all items PostgreSQL goes through all that need somebody anew for each: ranked apart.
    is_apart = wanted.everything and not wanted.needs
    statement = sa.select(Media.id, total, *([] if is_apart else [ranked.c.rank]))
    statement = statement.join(Verification, Verification.media_id == Media.id)
    if not is_apart:
        statement = statement.join(ranked, ranked.c.media_id == Media.id)
    statement = statement.where(*_conditions(wanted, ranked.c.rank)).order_by(*order)
    found = session.execute(statement.limit(limit).offset(offset)).all()
    count = found[0][1] if found else _count(session, statement) if offset else 0
    ranks = {media_id: rank for media_id, _total, *place in found for rank in place}
    if is_apart:
        places = ranked.c.media_id.in_([media_id for media_id, _total in found])
        rows = session.execute(sa.select(ranked.c.media_id, ranked.c.rank).where(places))
        ranks = dict(rows.all())
    needs = {row[0]: _NEEDS[ranks[row[0]]] if row[0] in ranks else None for row in found}
    return QueuePage(needs, count)


def _count(session: Session, statement: sa.Select[Any]) -> int:
    """How many rows a statement gives."""
    rows = statement.order_by(None).subquery()
    return session.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one()


def waiting_matches(session: Session, media_ids: SomeOf[str]) -> dict[str, Waiting]:
    """The unreviewed alerting matches of some items, at one grade known material first."""
    asked = StoredMatch.query_media_id.in_(media_ids)
    is_certain = StoredMatch.grade == Grade.CERTAIN
    with_known = sa.case((shelves.is_known(StoredMatch.known_media_id), 1), else_=0)
    order = (is_certain.desc(), with_known.desc(), StoredMatch.confidence.desc(), StoredMatch.id)
    statement = sa.select(StoredMatch).where(asked, *_unreviewed()).order_by(*order)
    by_item: dict[str, list[StoredMatch]] = defaultdict(list)
    for match in session.scalars(statement):
        by_item[match.query_media_id].append(match)
    return {media_id: Waiting(len(some), some[0]) for media_id, some in by_item.items()}


def records(session: Session, media_ids: SomeOf[str]) -> dict[str, Verification]:
    """The records of some items."""
    found = session.scalars(sa.select(Verification).where(Verification.media_id.in_(media_ids)))
    return {record.media_id: record for record in found}


def owners(session: Session) -> list[str]:
    """Everybody to whom a record is assigned."""
    statement = sa.select(Verification.assignee).where(Verification.assignee.is_not(None))
    return [name for name in session.scalars(statement.distinct()) if name]


def _ranked(at: datetime) -> sa.Subquery:
    """The rank of whatever is most urgent about each item that needs somebody."""
    record = Verification
    rank = _RANKS
    of_record = sa.select(record.media_id)
    reasons = sa.union_all(
        sa.select(Attention.media_id, _rank_of_attention().label("rank"))
        .join(record, record.media_id == Attention.media_id)
        .where(Attention.closed_at.is_(None)),
        of_record.add_columns(sa.literal(rank[Need.CONFLICT])).where(record.has_conflict),
        of_record.add_columns(sa.literal(rank[Need.DUE])).where(record.due_at <= at),
        sa.select(StatusChange.media_id, sa.literal(rank[Need.PROPOSAL])).where(
            StatusChange.state == ChangeState.PENDING
        ),
        sa.select(PurgeProposal.media_id, sa.literal(rank[Need.PURGE])),
        sa.select(StoredMatch.query_media_id, sa.literal(rank[Need.MATCH])).where(
            *_unreviewed(), ~in_any(StoredMatch.query_media_id)
        ),
        sa.select(Media.id, sa.literal(rank[Need.FAILED])).where(Media.state == MediaState.FAILED),
        of_record.add_columns(sa.literal(rank[Need.NEW])).where(
            record.status == VerificationStatus.UNREVIEWED, ~in_any(record.media_id)
        ),
        of_record.add_columns(sa.literal(rank[Need.OPEN])).where(
            record.status == VerificationStatus.IN_REVIEW
        ),
    ).subquery()
    least = sa.func.min(reasons.c.rank).label("rank")
    return sa.select(reasons.c.media_id, least).group_by(reasons.c.media_id).subquery()


def _rank_of_attention() -> sa.ColumnElement[int]:
    is_public = Verification.publication.in_(_PUBLIC)
    by_reason = [
        (Attention.reason == reason, sa.literal(_RANKS[need]))
        for reason, need in _BY_REASON.items()
    ]
    return sa.case(
        (
            sa.and_(is_public, Attention.reason.in_(_CONTRADICTED)),
            sa.literal(_RANKS[Need.PUBLISHED_MATCH]),
        ),
        (is_public, sa.literal(_RANKS[Need.PUBLISHED_ATTENTION])),
        *by_reason,
        else_=sa.literal(_RANKS[Need.ATTENTION]),
    )


def _unreviewed() -> list[sa.ColumnElement[bool]]:
    return [
        StoredMatch.grade.in_(ALERTING),
        StoredMatch.decision.is_(None),
        StoredMatch.invalidated_at.is_(None),
        nobody_rejected(),
    ]


def _conditions(wanted: QueueFilter, rank: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    record = Verification
    conditions = [Media.state != MediaState.PURGED]
    if wanted.status is not None:
        conditions.append(record.status == wanted.status)
    elif not wanted.everything:
        # What was sent by mistake needs nobody, unless it is to go for good.
        is_to_go = Media.id.in_(sa.select(PurgeProposal.media_id))
        conditions.append((record.status != VerificationStatus.VOID) | is_to_go)
    if wanted.needs:
        conditions.append(rank.in_([_RANKS[need] for need in wanted.needs]))
    if wanted.nobodys:
        conditions.append(record.assignee.is_(None))
    elif wanted.owners:
        conditions.append(record.assignee.in_(wanted.owners))
    if wanted.collection or wanted.words:
        media = MediaFilter(collection=wanted.collection, words=wanted.words)
        conditions.append(Media.id.in_(matching(media)))
    return conditions
