"""Lists of others' hashes: what they are, who keeps them, and how far they were told of."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.hash_enums import Opinion


class HashList(Table):
    """One list. Its hashes are `listed_hashes`; those up to `told_until` were told of."""

    __tablename__ = "hash_lists"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    source_name: Mapped[str | None]
    opinion: Mapped[Opinion] = mapped_column(stored_enum(Opinion))
    description: Mapped[str | None] = mapped_column(sa.Text)
    partner_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    hashes: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    told_until: Mapped[int] = mapped_column(sa.BigInteger, default=0)


def by_slug(session: Session, slug: str) -> HashList | None:
    """The list of this name, if there is one."""
    return session.scalar(sa.select(HashList).where(HashList.slug == slug))


def by_ids(session: Session, list_ids: SomeOf[str]) -> dict[str, HashList]:
    """Those of some lists that exist, by id."""
    rows = session.scalars(sa.select(HashList).where(HashList.id.in_(list_ids)))
    return {row.id: row for row in rows}


def page(session: Session, limit: int, cursor: str | None) -> Paged[HashList]:
    """One page of all lists, by name."""
    return paged(session, sa.select(HashList).order_by(HashList.slug), limit, cursor)


def untold(session: Session, until: int) -> list[HashList]:
    """The lists with new hashes, all of them at most `until`, that nobody was told of."""
    found = sa.select(HashList).where(
        HashList.last_number > HashList.told_until, HashList.last_number <= until
    )
    return list(session.scalars(found.order_by(HashList.slug)))
