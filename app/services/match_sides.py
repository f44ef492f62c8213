"""The items at both ends of matches, as people read them."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from app import db
from app.db.match_sides import Side
from app.schemas.dating import Evidenced
from app.schemas.matches import SideItem
from app.services import dating


def of(session: Session, media_ids: Collection[str]) -> dict[str, SideItem]:
    """What is shown of some items, by id."""
    dates = dating.earliest_of(session, media_ids)
    sides = db.match_sides.of(session, media_ids)
    return {media_id: _side(side, dates.get(media_id)) for media_id, side in sides.items()}


def _side(side: Side, earliest: Evidenced | None) -> SideItem:
    return SideItem(
        title=side.title,
        kind=side.kind,
        duration_ms=side.duration_ms,
        collections=side.collections,
        source_name=side.source_name,
        earliest_evidenced_at=earliest.at if earliest else None,
        earliest_evidence=earliest,
        verification_status=side.status,
        sensitivity=sorted(side.flags),
    )
