"""Which shelf an item stands on: known material, uploads, or none of both.

Worked out from what the item is in, each time; the log says on which shelf search has it.
"""

from collections.abc import Collection as SomeOf

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.collections import CollectionMember, in_common
from app.db.media import Media
from app.db.tombstones import Tombstone
from app.db.verifications import Verification
from app.schemas.enums import MediaState, Shelf, VerificationStatus


def of(session: Session, media_id: str) -> Shelf | None:
    """The shelf that an item belongs on; none if it is void or purged."""
    if known_among(session, [media_id]):
        return Shelf.KNOWN
    return Shelf.UPLOAD if uploads_among(session, [media_id]) else None


def known() -> sa.Select[str]:
    """The ids of all known items: what is in a collection, and what was purged to be recognised."""
    members = sa.select(CollectionMember.media_id)
    recognised = sa.select(Tombstone.media_id).where(Tombstone.keep_fingerprint)
    return sa.select(members.union(recognised).subquery().c.media_id)


def known_among(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that are known material."""
    found = sa.select(Media.id).where(Media.id.in_(media_ids), Media.id.in_(known()))
    return set(session.scalars(found))


def uploads_among(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that are uploads: in no collection, neither void nor purged."""
    void = sa.select(Verification.media_id).where(Verification.status == VerificationStatus.VOID)
    found = sa.select(Media.id).where(
        Media.id.in_(media_ids),
        Media.id.not_in(known()),
        Media.id.not_in(void),
        Media.state != MediaState.PURGED,
    )
    return set(session.scalars(found))


def worth_an_alert(session: Session, media_ids: SomeOf[str], shelf: Shelf) -> set[str]:
    """Those of some items found on a shelf that are still there, and are not common material."""
    if shelf is Shelf.UPLOAD:
        return uploads_among(session, media_ids)
    return known_among(session, media_ids) - in_common(session, media_ids)
