"""The proven pairs of one item: whose footage it shares, whichever of the two was the query."""

from collections.abc import Collection as SomeOf

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.core.media import MediaKind
from app.core.policy import Relation
from app.db.collections import common
from app.db.matches import ALERTING, StoredMatch, rejected_with
from app.db.media import Media, Receipt
from app.schemas.enums import MediaState


def proven(session: Session, media_id: str, most: int) -> dict[str, StoredMatch]:
    """By the id of each version of an item the surest match with it, surest first.

    A version is another item with which a `certain` or `probable` match stands, whichever was the
    query; by sound alone only if it is nothing but sound. Common material is no version, and has
    none. At least `most` are given, if there are so many: footage shown everywhere has thousands.
    """
    match, other = StoredMatch, aliased(Media)
    far = sa.case(
        (match.query_media_id == media_id, match.known_media_id), else_=match.query_media_id
    )
    statement = (
        sa.select(far, match)
        .join(other, other.id == far)
        .where(
            sa.or_(match.query_media_id == media_id, match.known_media_id == media_id),
            match.grade.in_(ALERTING),
            match.preliminary.is_(False),
            match.invalidated_at.is_(None),
            sa.or_(match.relation != Relation.SAME_SOUND, other.kind == MediaKind.AUDIO),
            other.state != MediaState.PURGED,
            other.id.not_in(rejected_with(session, media_id)),
            match.query_media_id.not_in(common()),
            match.known_media_id.not_in(common()),
        )
        .order_by(match.confidence.desc(), match.id)
        .limit(2 * most)  # two items have a match either way round
    )
    found: dict[str, StoredMatch] = {}
    for far_id, row in session.execute(statement):
        found.setdefault(far_id, row)
    return found


def first_receipts(session: Session, media_ids: SomeOf[str], each: int) -> list[Receipt]:
    """The first arrivals of some items, so many of each, first ones first."""
    in_order = (Receipt.received_at, Receipt.id)
    place = sa.func.row_number().over(partition_by=Receipt.media_id, order_by=in_order)
    placed = sa.select(Receipt.id, place.label("place")).where(Receipt.media_id.in_(media_ids))
    first = placed.subquery()
    found = sa.select(Receipt).join(first, first.c.id == Receipt.id).where(first.c.place <= each)
    return list(session.scalars(found.order_by(*in_order)))
