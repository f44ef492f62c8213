"""Which segments of an item are known material: those of its matches with it that nobody rejected.

Common material says nothing of where footage comes from, so it explains nothing.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import collections, shelves
from app.db.matches import ALERTING, StoredMatch, rejected_with


def segments(session: Session, media_id: str) -> list[list[dict[str, Any]]]:
    """The segments of each `certain` and `probable` match of a query with what is known now."""
    statement = sa.select(StoredMatch.segments).where(
        StoredMatch.query_media_id == media_id,
        StoredMatch.grade.in_(ALERTING),
        StoredMatch.invalidated_at.is_(None),
        shelves.is_known(StoredMatch.known_media_id),
        StoredMatch.known_media_id.not_in(collections.common()),
        StoredMatch.known_media_id.not_in(rejected_with(session, media_id)),
    )
    return list(session.scalars(statement))
