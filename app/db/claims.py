"""Claims: what is said about the event that an item shows, and what that came to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.record_enums import ClaimState


class Claim(Table):
    """One statement as it was made; only its `state` changes, as its corroborations say.

    `made_at` is a day or an instant in ISO 8601, as exact as it is known.
    """

    __tablename__ = "claims"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    made_by: Mapped[str | None]
    made_at: Mapped[str | None]
    where_url: Mapped[str | None]
    archive_url: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    language: Mapped[str | None]
    state: Mapped[ClaimState] = mapped_column(stored_enum(ClaimState), default=ClaimState.OPEN)
    by_id: Mapped[str]
    by_name: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


def find(session: Session, claim_id: str) -> Claim | None:
    """The claim with this id, if there is one."""
    return session.get(Claim, claim_id)


def of_media(session: Session, media_id: str) -> list[Claim]:
    """All claims of an item, first recorded first."""
    statement = sa.select(Claim).where(Claim.media_id == media_id)
    return list(session.scalars(statement.order_by(Claim.recorded_at, Claim.id)))


def page(session: Session, media_id: str, limit: int, cursor: str | None) -> Paged[Claim]:
    """One page of an item's claims, first recorded first."""
    statement = sa.select(Claim).where(Claim.media_id == media_id)
    return paged(session, statement.order_by(Claim.recorded_at, Claim.id), limit, cursor)
