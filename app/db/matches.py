"""Found matches, one row per pair of items."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.policy import Grade, Relation
from app.db import shelves
from app.db.base import Table, new_id, now, stored_enum
from app.db.media import Media
from app.db.paging import Paged, paged
from app.schemas.enums import MatchFound, MediaState, ReviewDecision, Shelf

ALERTING = (Grade.CERTAIN, Grade.PROBABLE)


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """Whose matches are listed: as the query or as the known side, of which grades (all).

    `against` keeps those whose known side stands on a shelf.
    """

    media_id: str
    as_known: bool = False
    grades: tuple[Grade, ...] = ()
    against: Shelf | None = None


class StoredMatch(Table):
    """One pair: a query item and a known item that share footage or sound."""

    __tablename__ = "matches"
    __table_args__ = (sa.UniqueConstraint("query_media_id", "known_media_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    query_media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"))
    known_media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), index=True)
    relation: Mapped[Relation] = mapped_column(stored_enum(Relation))
    grade: Mapped[Grade] = mapped_column(stored_enum(Grade))
    confidence: Mapped[float]
    coverage_query: Mapped[float]
    coverage_known: Mapped[float]
    segments: Mapped[list[dict[str, Any]]]
    evidence: Mapped[list[dict[str, Any]]]
    notes: Mapped[list[str]] = mapped_column(default=list)
    algorithm: Mapped[str]
    engine_version: Mapped[str]
    found: Mapped[MatchFound] = mapped_column(stored_enum(MatchFound))
    preliminary: Mapped[bool] = mapped_column(default=False)
    found_at: Mapped[datetime] = mapped_column(default=now)
    decision: Mapped[ReviewDecision | None] = mapped_column(stored_enum(ReviewDecision))
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    invalidated_at: Mapped[datetime | None]


def find(session: Session, match_id: str) -> StoredMatch | None:
    """The match with this id, if there is one."""
    return session.get(StoredMatch, match_id)


def page(
    session: Session, wanted: MatchFilter, limit: int, cursor: str | None
) -> Paged[StoredMatch]:
    """One page of an item's matches: by grade, then the surest first."""
    side = StoredMatch.known_media_id if wanted.as_known else StoredMatch.query_media_id
    statement = sa.select(StoredMatch).where(side == wanted.media_id)
    if wanted.grades:
        statement = statement.where(StoredMatch.grade.in_(wanted.grades))
    if wanted.against is not None:
        is_known = shelves.is_known(StoredMatch.known_media_id)
        statement = statement.where(is_known if wanted.against is Shelf.KNOWN else ~is_known)
    rank = sa.case({grade.value: n for n, grade in enumerate(Grade)}, value=StoredMatch.grade)
    order = (rank, StoredMatch.confidence.desc(), StoredMatch.id)
    return paged(session, statement.order_by(*order), limit, cursor)


def rejected_with(session: Session, media_id: str) -> set[str]:
    """The items of which a person said that they do not match this one, whichever was the query."""
    return _others(session, media_id, StoredMatch.decision == ReviewDecision.REJECTED)


def linked_with(session: Session, media_id: str) -> set[str]:
    """The items that this one has a full, standing match with, whichever was the query."""
    stands = (StoredMatch.preliminary.is_(False), StoredMatch.invalidated_at.is_(None))
    return _others(session, media_id, *stands)


def _others(session: Session, media_id: str, *wanted: sa.ColumnElement[bool]) -> set[str]:
    query, known = StoredMatch.query_media_id, StoredMatch.known_media_id
    ends = sa.or_(query == media_id, known == media_id)
    pairs = session.execute(sa.select(query, known).where(ends, *wanted))
    return {one if other == media_id else other for one, other in pairs}


def confirmed(session: Session, media_id: str) -> list[StoredMatch]:
    """The matches of an item that a person confirmed, whichever was the query; surest first."""
    ends = sa.or_(StoredMatch.query_media_id == media_id, StoredMatch.known_media_id == media_id)
    statement = sa.select(StoredMatch).where(ends, StoredMatch.decision == ReviewDecision.CONFIRMED)
    return list(session.scalars(statement.order_by(StoredMatch.confidence.desc(), StoredMatch.id)))


_FOUND_ANEW = (
    "relation",
    "grade",
    "confidence",
    "coverage_query",
    "coverage_known",
    "segments",
    "evidence",
    "notes",
    "algorithm",
    "engine_version",
)


def record(session: Session, found: StoredMatch) -> StoredMatch | None:
    """Keep a match, one row a pair; gives the row if the pair has now first become worth an alert.

    A pair that a person rejected stays as it is, silent for ever; the same two items the other way
    round are kept, silently too. So they are if they alerted the other way round.
    """
    silent = found.known_media_id in rejected_with(session, found.query_media_id)
    silent = silent or _alerted_the_other_way(session, found)
    kept = of_pair(session, found)
    if kept is None:
        session.add(found)
        session.flush()
        return found if found.grade in ALERTING and not silent else None
    if kept.decision is ReviewDecision.REJECTED:
        return None
    alerted = kept.grade in ALERTING and not kept.preliminary
    for name in _FOUND_ANEW:
        setattr(kept, name, getattr(found, name))
    kept.preliminary = False
    return kept if kept.grade in ALERTING and not (alerted or silent) else None


def standing_with(session: Session, known_media_id: str) -> list[StoredMatch]:
    """The full answers that name a known item and still stand, of queries that are not purged."""
    living = sa.select(Media.id).where(Media.state != MediaState.PURGED)
    found = sa.select(StoredMatch).where(
        StoredMatch.known_media_id == known_media_id,
        StoredMatch.query_media_id.in_(living),
        StoredMatch.invalidated_at.is_(None),
    )
    return list(session.scalars(found.order_by(StoredMatch.found_at, StoredMatch.id)))


def forget_query(session: Session, media_id: str) -> None:
    """Remove what an item itself was found to match."""
    session.execute(sa.delete(StoredMatch).where(StoredMatch.query_media_id == media_id))


def of_pair(session: Session, found: StoredMatch) -> StoredMatch | None:
    """What is kept of the two items of a match already."""
    pair = sa.and_(
        StoredMatch.query_media_id == found.query_media_id,
        StoredMatch.known_media_id == found.known_media_id,
    )
    return session.scalar(sa.select(StoredMatch).where(pair))


def _alerted_the_other_way(session: Session, found: StoredMatch) -> bool:
    turned = sa.select(StoredMatch.id).where(
        StoredMatch.query_media_id == found.known_media_id,
        StoredMatch.known_media_id == found.query_media_id,
        StoredMatch.grade.in_(ALERTING),
        StoredMatch.preliminary.is_(False),
        StoredMatch.invalidated_at.is_(None),
    )
    return session.scalar(turned.limit(1)) is not None
