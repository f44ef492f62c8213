"""What people said is no match, and which matches that leaves."""

from collections.abc import Collection as SomeOf
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.db.matches import ALERTING, StoredMatch
from app.schemas.enums import ReviewDecision


def nobody_rejected() -> sa.ColumnElement[bool]:
    """SQL condition: nobody rejected the pair of a match, whichever of the two was searched for."""
    judged = aliased(StoredMatch)
    query, known = StoredMatch.query_media_id, StoredMatch.known_media_id
    is_pair = sa.or_(
        sa.and_(judged.query_media_id == query, judged.known_media_id == known),
        sa.and_(judged.query_media_id == known, judged.known_media_id == query),
    )
    rejected = sa.select(judged.id).where(is_pair, judged.decision == ReviewDecision.REJECTED)
    return ~rejected.exists()


def count_unreviewed_alerts(session: Session, media_id: str) -> int:
    """How many `certain` and `probable` matches of a query item wait for a person."""
    statement = sa.select(sa.func.count()).where(
        StoredMatch.query_media_id == media_id,
        StoredMatch.grade.in_(ALERTING),
        StoredMatch.decision.is_(None),
        StoredMatch.invalidated_at.is_(None),
        nobody_rejected(),
    )
    return session.scalar(statement) or 0


def ids_among(session: Session, media_id: str, ids: SomeOf[str]) -> set[str]:
    """Those of some ids that are matches of an item, on either side, whose pair nobody rejected."""
    query, known = StoredMatch.query_media_id, StoredMatch.known_media_id
    statement = sa.select(StoredMatch.id).where(
        StoredMatch.id.in_(ids),
        sa.or_(query == media_id, known == media_id),
        nobody_rejected(),
    )
    return set(session.scalars(statement))


def rejected_segments(session: Session, known_media_id: str) -> list[list[dict[str, Any]]]:
    """The segments of every match with this known item that a person rejected, by query."""
    rejected = sa.select(StoredMatch.segments).where(
        StoredMatch.known_media_id == known_media_id,
        StoredMatch.decision == ReviewDecision.REJECTED,
    )
    return list(session.scalars(rejected.order_by(StoredMatch.id)))
