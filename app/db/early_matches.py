"""Preliminary matches: rows of the table of matches that the full answer replaces or removes."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.matches import StoredMatch, of_pair, rejected_with


def record(session: Session, media_id: str, found: Iterable[StoredMatch]) -> None:
    """Keep what a first look at an item found, but for pairs that are kept or rejected already."""
    rejected = rejected_with(session, media_id)
    for match in found:
        if match.known_media_id not in rejected and of_pair(session, match) is None:
            match.preliminary = True
            session.add(match)


def withdraw(session: Session, media_id: str) -> None:
    """Remove what only a first look at an item found."""
    early = sa.and_(StoredMatch.query_media_id == media_id, StoredMatch.preliminary)
    session.execute(sa.delete(StoredMatch).where(early))
