"""What holds of the items that an event names: statuses, collections, tags, flags."""

from collections.abc import Collection as SomeOf
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import sensitivity
from app.db.collections import Collection, CollectionMember
from app.db.media import MediaTag
from app.db.verifications import Verification
from app.schemas.enums import VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag


@dataclass(frozen=True, slots=True)
class Carried:
    """What holds of any of some items."""

    statuses: frozenset[VerificationStatus]
    collections: frozenset[str]
    tags: frozenset[str]
    flags: frozenset[SensitivityFlag]


def of(session: Session, media_ids: SomeOf[str]) -> Carried:
    """What holds of any of these items now; collections by their slugs."""
    statuses = sa.select(Verification.status).where(Verification.media_id.in_(media_ids))
    slugs = sa.select(Collection.slug).join(CollectionMember)
    slugs = slugs.where(CollectionMember.media_id.in_(media_ids))
    tags = sa.select(MediaTag.tag).where(MediaTag.media_id.in_(media_ids))
    flags = sensitivity.flags_of(session, media_ids).values()
    return Carried(
        statuses=frozenset(session.scalars(statuses)),
        collections=frozenset(session.scalars(slugs)),
        tags=frozenset(session.scalars(tags)),
        flags=frozenset(flag for each in flags for flag in each),
    )
