"""Legal holds: what must not be purged or erased, why, and until when."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now
from app.db.paging import Paged, paged


class Hold(Table):
    """One hold on one item; it ends by being released, or at `until`."""

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    until: Mapped[datetime | None]
    placed_at: Mapped[datetime] = mapped_column(default=now)
    placed_by: Mapped[str]
    placed_by_name: Mapped[str]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    released_by_name: Mapped[str | None]
    release_reason: Mapped[str | None] = mapped_column(sa.Text)


def find(session: Session, hold_id: str) -> Hold | None:
    """The hold with this id, if there is one."""
    return session.get(Hold, hold_id)


def in_force(at: datetime) -> sa.ColumnElement[bool]:
    """SQL condition: a hold is in force at an instant."""
    lasting = sa.or_(Hold.until.is_(None), Hold.until > at)
    return sa.and_(Hold.released_at.is_(None), lasting)


def of_media(session: Session, media_id: str) -> list[Hold]:
    """The holds on an item that are in force, oldest first."""
    held = sa.select(Hold).where(Hold.media_id == media_id, in_force(now()))
    return list(session.scalars(held.order_by(Hold.placed_at, Hold.id)))


def held_among(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that are held."""
    held = sa.select(Hold.media_id).where(Hold.media_id.in_(media_ids), in_force(now()))
    return set(session.scalars(held))


def page(
    session: Session, media_id: str | None, limit: int, cursor: str | None, *, all_of_them: bool
) -> Paged[Hold]:
    """One page of the holds in force, or of all that there ever were, newest first."""
    statement = sa.select(Hold)
    if media_id is not None:
        statement = statement.where(Hold.media_id == media_id)
    if not all_of_them:
        statement = statement.where(in_force(now()))
    return paged(session, statement.order_by(Hold.placed_at.desc(), Hold.id), limit, cursor)
