"""Everything that the page of one match shows, read as one state."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.matches import MatchFilter
from app.schemas.matches import MatchItem
from app.schemas.media import MediaAnswer
from app.services import matches, media, media_views, reviews

NEIGHBOURS_MOST = 200


@dataclass(frozen=True, slots=True)
class ComparePage:
    """A match with both its items, and its place among the matches of the upload."""

    match: MatchItem
    query: MediaAnswer
    known: MediaAnswer
    place: int | None
    """None if it comes after those that were counted."""
    count: int
    is_cut: bool
    """Whether the upload has more matches than were counted."""
    previous_id: str | None
    next_id: str | None
    undo_until: datetime | None
    """Until when the reader may take back the decision that stands; None if they may not."""


def read(session: Session, match_id: str, actor: Actor) -> ComparePage:
    """What `actor` is shown of a match; Gone if one of its items was purged."""
    match = matches.read(session, match_id)
    query, known = (
        media_views.show(session, media.get(session, each))
        for each in (match.query_media_id, match.known_media_id)
    )
    listed = db.matches.page(session, MatchFilter(query.id), NEIGHBOURS_MOST, None)
    ids = [each.id for each in listed.items]
    place = ids.index(match_id) if match_id in ids else len(ids)
    is_counted = match_id in ids or listed.next is None
    return ComparePage(
        match=match,
        query=query,
        known=known,
        place=place + 1 if is_counted else None,
        count=max(len(ids), place + 1) if is_counted else len(ids),
        is_cut=listed.next is not None,
        previous_id=ids[place - 1] if place > 0 else None,
        next_id=ids[place + 1] if place + 1 < len(ids) else None,
        undo_until=reviews.undo_until(session, match, actor),
    )
