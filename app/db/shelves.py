"""Which shelf an item stands on: known material, uploads, or none of both.

Worked out from what the item is in, each time; the log says on which shelf search has it.
"""

from collections.abc import Collection as SomeOf

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.collections import in_any, in_common
from app.db.media import Media
from app.db.tombstones import Tombstone
from app.db.verifications import is_at
from app.schemas.enums import MediaState, Shelf, VerificationStatus


def of(session: Session, media_id: str) -> Shelf | None:
    """The shelf that an item belongs on; none if it is void or purged."""
    if known_among(session, [media_id]):
        return Shelf.KNOWN
    return Shelf.UPLOAD if uploads_among(session, [media_id]) else None


def is_known(
    media_id: sa.ColumnElement[str] | InstrumentedAttribute[str],
) -> sa.ColumnElement[bool]:
    """SQL condition: an item is known; it is in a collection, or was purged to be recognised."""
    return sa.or_(
        in_any(media_id),
        sa.exists().where(Tombstone.media_id == media_id, Tombstone.keep_fingerprint),
    )


def known_among(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that are known material."""
    found = sa.select(Media.id).where(Media.id.in_(media_ids), is_known(Media.id))
    return set(session.scalars(found))


def uploads_among(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that are uploads: in no collection, neither void nor purged."""
    found = sa.select(Media.id).where(
        Media.id.in_(media_ids),
        ~is_known(Media.id),
        ~is_at(Media.id, VerificationStatus.VOID),
        Media.state != MediaState.PURGED,
    )
    return set(session.scalars(found))


def among(session: Session, media_ids: SomeOf[str]) -> dict[str, Shelf]:
    """The shelves of those of some items that are on one."""
    known = dict.fromkeys(known_among(session, media_ids), Shelf.KNOWN)
    return known | dict.fromkeys(uploads_among(session, media_ids), Shelf.UPLOAD)


def worth_an_alert(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that are on a shelf, and are not common material."""
    return set(among(session, media_ids)) - in_common(session, media_ids)
