"""Uploads that come in pieces: how far each has come, who may go on with it, what it became."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now


class Upload(Table):
    """One upload; the file of one that is not settled is named by its id."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    length_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    # On the disk up to here. It reaches the length in the transaction that makes the item.
    offset_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    said: Mapped[str] = mapped_column(sa.Text)
    # The request that came last, the only one that may go on.
    writer: Mapped[str | None]
    media_id: Mapped[str | None] = mapped_column(sa.ForeignKey("media.id"), index=True)
    duplicate: Mapped[bool | None]
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    @property
    def is_settled(self) -> bool:
        """Whether it became an item, or never will."""
        return self.media_id is not None or self.failure is not None


def find(session: Session, upload_id: str) -> Upload | None:
    """The upload with this id, if it was not removed."""
    return session.get(Upload, upload_id)


def locked(session: Session, upload_id: str) -> Upload | None:
    """The upload with this id, if it was not removed; its row is locked until the commit."""
    return session.get(Upload, upload_id, with_for_update=True, populate_existing=True)


def writer(session: Session, upload_id: str) -> str | None:
    """The request that may go on with an upload."""
    return session.scalar(sa.select(Upload.writer).where(Upload.id == upload_id))


def advance(session: Session, upload_id: str, offset_bytes: int, expires_at: datetime) -> None:
    """Note how far an upload is on the disk."""
    mine = sa.update(Upload).where(Upload.id == upload_id)
    session.execute(mine.values(offset_bytes=offset_bytes, expires_at=expires_at))


def expired(session: Session, at: datetime, limit: int) -> list[str]:
    """Some uploads that are not waited for any more."""
    over = sa.select(Upload.id).where(Upload.expires_at < at)
    return list(session.scalars(over.order_by(Upload.expires_at).limit(limit)))


def forget(session: Session, upload_id: str, expired_at: datetime | None = None) -> bool:
    """Remove an upload, or only if it has expired; says whether it is gone by that."""
    mine = sa.delete(Upload).where(Upload.id == upload_id)
    if expired_at is not None:
        mine = mine.where(Upload.expires_at < expired_at)
    removed = session.execute(mine.returning(Upload.id)).all()
    return bool(removed)


def open_of(session: Session, actor_id: str, at: datetime) -> list[str]:
    """The uploads of one maker that are still waited for, those that began first first."""
    waiting = sa.and_(_unsettled(), Upload.made_by == actor_id, Upload.expires_at >= at)
    return list(session.scalars(sa.select(Upload.id).where(waiting).order_by(Upload.made_at)))


def open_among(session: Session, upload_ids: SomeOf[str]) -> set[str]:
    """Those of some uploads whose files are still needed."""
    return set(session.scalars(sa.select(Upload.id).where(Upload.id.in_(upload_ids), _unsettled())))


def _unsettled() -> sa.ColumnElement[bool]:
    return sa.and_(Upload.media_id.is_(None), Upload.failure.is_(None))
