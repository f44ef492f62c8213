"""Other desks that this one exchanges fingerprints with; whoever is not among them is refused."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now
from app.db.paging import Paged, paged


class Partner(Table):
    """One of them: the key that its bundles are signed by, and the API key that it asks with."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    public_key: Mapped[str] = mapped_column(sa.Text)
    signing_key_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    api_key_id: Mapped[str | None] = mapped_column(index=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]


class PartnerFeed(Table):
    """What was taken in of one feed of a partner: up to which bundle, into which list.

    A bundle is taken in by steps; `begun_seq` is the newest one of which there was a step.
    """

    __tablename__ = "partner_feeds"

    partner_id: Mapped[str] = mapped_column(sa.ForeignKey("partners.id"), primary_key=True)
    feed: Mapped[str] = mapped_column(primary_key=True)
    list_id: Mapped[str] = mapped_column(sa.ForeignKey("hash_lists.id"))
    last_seq: Mapped[int] = mapped_column(sa.BigInteger)
    begun_seq: Mapped[int] = mapped_column(sa.BigInteger)
    imported_at: Mapped[datetime] = mapped_column(default=now)


class PartnerQueries(Table):
    """How often a partner asked within one minute."""

    __tablename__ = "partner_queries"

    partner_id: Mapped[str] = mapped_column(sa.ForeignKey("partners.id"), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


def find(session: Session, partner_id: str) -> Partner | None:
    """The partner with this id, removed or not."""
    return session.get(Partner, partner_id)


def by_signing_key(session: Session, key_id: str) -> Partner | None:
    """The partner in force whose bundles are signed by this key."""
    found = sa.select(Partner).where(Partner.signing_key_id == key_id, Partner.removed_at.is_(None))
    return session.scalar(found.limit(1))


def by_api_key(session: Session, key_id: str) -> Partner | None:
    """The partner in force that asks with this key."""
    found = sa.select(Partner).where(Partner.api_key_id == key_id, Partner.removed_at.is_(None))
    return session.scalar(found.limit(1))


def by_name(session: Session, name: str) -> Partner | None:
    """The partner in force of this name."""
    found = sa.select(Partner).where(Partner.name == name, Partner.removed_at.is_(None))
    return session.scalar(found.limit(1))


def page(session: Session, limit: int, cursor: str | None) -> Paged[Partner]:
    """One page of all partners, removed ones too, the newest first."""
    newest = (Partner.created_at.desc(), Partner.id)
    return paged(session, sa.select(Partner).order_by(*newest), limit, cursor)


def feed(session: Session, partner_id: str, name: str) -> PartnerFeed | None:
    """What was taken in of a partner's feed, if anything was."""
    return session.get(PartnerFeed, (partner_id, name))


def count_query(session: Session, partner_id: str) -> int:
    """Count one more question within this minute; gives how many there were."""
    minute = now().replace(second=0, microsecond=0)
    kept = session.get(PartnerQueries, (partner_id, minute), with_for_update=True)
    if kept is None:
        old = sa.and_(PartnerQueries.partner_id == partner_id, PartnerQueries.minute < minute)
        session.execute(sa.delete(PartnerQueries).where(old))
        kept = PartnerQueries(partner_id=partner_id, minute=minute, count=0)
        session.add(kept)
    kept.count += 1
    session.flush()
    return kept.count
