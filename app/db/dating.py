"""What dates an item: when it arrived, what its file gives evidence of, and what it matches."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.attention import Attention
from app.db.collections import common
from app.db.matches import ALERTING, StoredMatch
from app.db.media import Media, Receipt
from app.db.provenance import ProvenanceReading
from app.db.rejections import nobody_rejected
from app.schemas.enums import MediaState
from app.schemas.record_enums import AttentionReason


def arrivals(session: Session, media_ids: SomeOf[str]) -> list[Receipt]:
    """The receipts that date some items, first one first: each one's first, and those of archives.

    One item may have arrived thousands of times.
    """
    order = (Receipt.received_at, Receipt.id)
    place = sa.func.row_number().over(partition_by=Receipt.media_id, order_by=order)
    placed = sa.select(Receipt.id, place.label("place")).where(Receipt.media_id.in_(media_ids))
    each = placed.subquery()
    dating = sa.or_(each.c.place == 1, Receipt.archived_at.is_not(None))
    found = sa.select(Receipt).join(each, each.c.id == Receipt.id).where(dating)
    return list(session.scalars(found.order_by(*order)))


def latest_claim(session: Session, media_id: str) -> datetime | None:
    """The latest date that an item is said to have been filmed at, if any is."""
    latest = sa.select(Receipt.claimed_at).where(
        Receipt.media_id == media_id, Receipt.claimed_at.is_not(None)
    )
    return session.scalar(latest.order_by(Receipt.claimed_at.desc()).limit(1))


def told_before(session: Session, media_id: str, reason: AttentionReason) -> list[dict[str, Any]]:
    """What attention of one kind was asked for already, closed or not."""
    told = sa.select(Attention.detail).where(
        Attention.media_id == media_id, Attention.reason == reason
    )
    return list(session.scalars(told))


def evidenced(session: Session, media_ids: SomeOf[str]) -> dict[str, list[dict[str, Any]]]:
    """The dates that some items' own files give evidence of."""
    mine = ProvenanceReading
    rows = sa.select(mine.media_id, mine.evidenced).where(mine.media_id.in_(media_ids))
    return {row.media_id: row.evidenced for row in session.execute(rows)}


def matched_by(session: Session, known_id: str) -> list[str]:
    """The items that surely share footage with a known one, as far as nobody rejected it.

    Without those that are purged, whose matches stay until their files are gone.
    """
    rows = sa.select(StoredMatch.query_media_id).where(StoredMatch.known_media_id == known_id)
    rows = rows.join(Media, Media.id == StoredMatch.query_media_id)
    rows = rows.where(Media.state != MediaState.PURGED)
    return list(session.scalars(rows.where(_sure())))


def sure_matches(session: Session, query_id: str) -> list[StoredMatch]:
    """An item's matches with known items that are sure and that nobody rejected, surest first."""
    rows = sa.select(StoredMatch).where(StoredMatch.query_media_id == query_id, _sure())
    return list(session.scalars(rows.order_by(StoredMatch.confidence.desc(), StoredMatch.id)))


def _sure() -> sa.ColumnElement[bool]:
    # An ident is older than all that shows it.
    is_common = StoredMatch.known_media_id.in_(common())
    return sa.and_(StoredMatch.grade.in_(ALERTING), ~is_common, nobody_rejected())
