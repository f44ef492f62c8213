"""What people said is no match."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.db.matches import StoredMatch
from app.schemas.enums import ReviewDecision


def nobody_rejected() -> sa.ColumnElement[bool]:
    """What says of a match that nobody rejected its two items, whichever of them was searched for."""
    judged = aliased(StoredMatch)
    query, known = StoredMatch.query_media_id, StoredMatch.known_media_id
    is_pair = sa.or_(
        sa.and_(judged.query_media_id == query, judged.known_media_id == known),
        sa.and_(judged.query_media_id == known, judged.known_media_id == query),
    )
    rejected = sa.select(judged.id).where(is_pair, judged.decision == ReviewDecision.REJECTED)
    return ~rejected.exists()


def rejected_segments(session: Session, known_media_id: str) -> list[list[dict[str, Any]]]:
    """The segments of every match with this known item that a person rejected, by query."""
    rejected = sa.select(StoredMatch.segments).where(
        StoredMatch.known_media_id == known_media_id,
        StoredMatch.decision == ReviewDecision.REJECTED,
    )
    return list(session.scalars(rejected.order_by(StoredMatch.id)))
