"""Which other items show what an item shows: along its alerting matches, one and two steps far."""

from collections.abc import Collection as SomeOf
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.media import MediaKind
from app.core.policy import Grade, Relation
from app.db import collections
from app.db.match_sides import PURGED
from app.db.matches import ALERTING, StoredMatch
from app.db.media import Media
from app.db.rejections import nobody_rejected
from app.db.verifications import Verification
from app.schemas.enums import VerificationStatus


@dataclass(frozen=True, slots=True)
class Link:
    """One match seen from one of its ends: `near` was asked about, `far` is what it matches."""

    match_id: str
    near_id: str
    far_id: str
    near_is_query: bool
    relation: Relation
    grade: Grade
    confidence: float
    segments: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands, and what the item is and is called."""

    title: str
    kind: MediaKind
    status: VerificationStatus


def links(
    session: Session,
    media_ids: SomeOf[str],
    limit: int,
    statuses: SomeOf[VerificationStatus] | None = None,
    without: SomeOf[str] = (),
) -> list[Link]:
    """The alerting matches of some items with others that nobody rejected, seen from them, surest first.

    With common material none: items that show one ident have nothing to say of each other. Of the
    others, those whose records stand at one of `statuses`, if given, and that are not in `without`.
    """
    if not media_ids:
        return []
    query, known = StoredMatch.query_media_id, StoredMatch.known_media_id
    left_out = {*media_ids, *without}
    wanted = sa.select(Verification.media_id).where(Verification.status.in_(statuses or ()))
    linked = (
        sa.and_(
            near.in_(media_ids),
            far.not_in(left_out),
            far.in_(wanted) if statuses is not None else sa.true(),
        )
        for near, far in ((query, known), (known, query))
    )
    statement = sa.select(StoredMatch).where(
        sa.or_(*linked),
        query.not_in(collections.common()),
        known.not_in(collections.common()),
        StoredMatch.grade.in_(ALERTING),
        StoredMatch.preliminary.is_(False),
        nobody_rejected(),
    )
    statement = statement.order_by(StoredMatch.confidence.desc(), StoredMatch.id).limit(limit)
    return [
        _link(match, near_is_query=match.query_media_id in media_ids)
        for match in session.scalars(statement)
    ]


def standings(
    session: Session, media_ids: SomeOf[str], statuses: SomeOf[VerificationStatus]
) -> dict[str, Standing]:
    """Where some items' records stand, of those that stand at one of `statuses`."""
    shown = sa.select(Media.id, Media.title, Media.filename, Media.kind, Verification.status)
    shown = shown.join(Verification, Verification.media_id == Media.id)
    found = session.execute(shown.where(Media.id.in_(media_ids), Verification.status.in_(statuses)))
    return {
        media_id: Standing(title or filename or PURGED, kind, status)
        for media_id, title, filename, kind, status in found
    }


def _link(match: StoredMatch, *, near_is_query: bool) -> Link:
    ends = (match.query_media_id, match.known_media_id)
    near, far = ends if near_is_query else ends[::-1]
    return Link(
        match_id=match.id,
        near_id=near,
        far_id=far,
        near_is_query=near_is_query,
        relation=match.relation,
        grade=match.grade,
        confidence=match.confidence,
        segments=match.segments,
    )
