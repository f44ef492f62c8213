"""What people said is no match."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.matches import StoredMatch
from app.schemas.enums import ReviewDecision


def rejected_segments(session: Session, known_media_id: str) -> list[list[dict[str, Any]]]:
    """The segments of every match with this known item that a person rejected, by query."""
    rejected = sa.select(StoredMatch.segments).where(
        StoredMatch.known_media_id == known_media_id,
        StoredMatch.decision == ReviewDecision.REJECTED,
    )
    return list(session.scalars(rejected.order_by(StoredMatch.id)))
