"""Purges that somebody proposed and no administrator has decided on yet."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now, stored_enum
from app.db.media import Media
from app.db.paging import Paged, paged
from app.schemas.enums import MediaState
from app.schemas.privacy_enums import PurgeAuthority


class PurgeProposal(Table):
    """The one open proposal to purge an item; it goes when it is decided."""

    __tablename__ = "purge_proposals"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    authority: Mapped[PurgeAuthority] = mapped_column(stored_enum(PurgeAuthority))
    reason: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


def find(session: Session, media_id: str) -> PurgeProposal | None:
    """The open proposal to purge an item, if there is one."""
    return session.get(PurgeProposal, media_id)


def page(session: Session, limit: int, cursor: str | None) -> Paged[PurgeProposal]:
    """One page of the open proposals, oldest first."""
    found = (
        sa.select(PurgeProposal)
        .join(Media, Media.id == PurgeProposal.media_id)
        .where(Media.state != MediaState.PURGED)
        .order_by(PurgeProposal.at, PurgeProposal.media_id)
    )
    return paged(session, found, limit, cursor)
