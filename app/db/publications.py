"""What is published of records: one address an item, and every revision that the public saw."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.record_enums import PublicationState


class Publication(Table):
    """The public address of one item's review, what was chosen last, and its newest revision."""

    __tablename__ = "publications"
    __table_args__ = (sa.Index("ix_publications_newest", "updated_at", "media_id"),)

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    version: Mapped[int]
    choices: Mapped[dict[str, Any]]
    tombstoned_at: Mapped[datetime | None]
    published_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class PublishedRevision(Table):
    """One revision as it went out; never changed, only emptied by a legal purge."""

    __tablename__ = "publication_revisions"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("publications.media_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[PublicationState] = mapped_column(stored_enum(PublicationState))
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[str]
    by_name: Mapped[str]
    digest: Mapped[str] = mapped_column(sa.String(64))
    review: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


def of_media(session: Session, media_id: str) -> Publication | None:
    """What is published of an item, if anything ever was."""
    return session.get(Publication, media_id)


def stands(session: Session, media_id: str) -> bool:
    """Whether the public reads something of an item."""
    there = of_media(session, media_id)
    return there is not None and there.tombstoned_at is None


def by_slug(session: Session, slug: str) -> Publication | None:
    """What is published at an address."""
    return session.scalar(sa.select(Publication).where(Publication.slug == slug))


def revisions(session: Session, media_id: str) -> list[PublishedRevision]:
    """Every revision of an item's review, oldest first."""
    own = sa.select(PublishedRevision).where(PublishedRevision.media_id == media_id)
    return list(session.scalars(own.order_by(PublishedRevision.version)))


def newest(session: Session, publication: Publication) -> PublishedRevision:
    """The revision that the public reads now."""
    key = (publication.media_id, publication.version)
    return session.get_one(PublishedRevision, key)


def page(session: Session, limit: int, cursor: str | None) -> Paged[PublishedRevision]:
    """One page of what the public reads now, last changed first."""
    current = sa.and_(
        PublishedRevision.media_id == Publication.media_id,
        PublishedRevision.version == Publication.version,
        Publication.tombstoned_at.is_(None),
    )
    statement = sa.select(PublishedRevision).join(Publication, current)
    order = (Publication.updated_at.desc(), Publication.media_id)
    return paged(session, statement.order_by(*order), limit, cursor)


def empty(session: Session, media_id: str) -> None:
    """Take the content out of every revision of an item's review, and what was chosen."""
    own = PublishedRevision.media_id == media_id
    session.execute(sa.update(PublishedRevision).where(own).values(review=sa.null()))
    mine = Publication.media_id == media_id
    session.execute(sa.update(Publication).where(mine).values(choices={}))
    session.expire_all()
