"""The items at both ends of matches, as they are shown there."""

from collections.abc import Collection as SomeOf
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.media import MediaKind
from app.db.collections import Collection, CollectionMember
from app.db.media import Media, Receipt
from app.db.sensitivity import flags_of
from app.db.verifications import Verification
from app.schemas.enums import VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag

PURGED = "(purged)"
"""The title of an item that was purged."""


@dataclass(slots=True)
class Side:
    """What is shown of one end of a match."""

    title: str
    kind: MediaKind
    status: VerificationStatus
    duration_ms: int | None = None
    source_name: str | None = None
    collections: list[str] = field(default_factory=list)
    flags: frozenset[SensitivityFlag] = frozenset()


def of(session: Session, media_ids: SomeOf[str]) -> dict[str, Side]:
    """What is shown of the items at both ends of some matches."""
    shown = (Media.title, Media.filename, Media.kind, Media.duration_ms, Verification.status)
    of_items = sa.select(Media.id, *shown)
    of_items = of_items.join(Verification, Verification.media_id == Media.id, isouter=True)
    found = {
        media_id: Side(
            title or filename or PURGED, kind, status or VerificationStatus.UNREVIEWED, duration_ms
        )
        for media_id, title, filename, kind, duration_ms, status in session.execute(
            of_items.where(Media.id.in_(media_ids))
        )
    }
    for media_id, source_name in session.execute(_first_sources(media_ids)):
        found[media_id].source_name = source_name
    member = CollectionMember
    slugs = sa.select(member.media_id, Collection.slug).join(Collection).order_by(Collection.slug)
    for media_id, slug in session.execute(slugs.where(member.media_id.in_(media_ids))):
        found[media_id].collections.append(slug)
    for media_id, flags in flags_of(session, media_ids).items():
        found[media_id].flags = flags
    return found


def _first_sources(media_ids: SomeOf[str]) -> sa.Select[str, str]:
    """From where some items came first, of those that say so; one may have come thousands of times."""
    order = (Receipt.received_at, Receipt.id)
    place = sa.func.row_number().over(partition_by=Receipt.media_id, order_by=order)
    said = sa.select(Receipt.media_id, Receipt.source_name, place.label("place"))
    said = said.where(Receipt.media_id.in_(media_ids), Receipt.source_name.is_not(None))
    named = said.subquery()
    return sa.select(named.c.media_id, named.c.source_name).where(named.c.place == 1)
