"""Named sets of media; membership makes an item known material."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from itertools import batched

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.db.base import ROWS_A_STATEMENT, Table, new_id, now, stored_enum
from app.db.media import Media
from app.db.paging import Paged, paged
from app.schemas.enums import CollectionKind


class Collection(Table):
    """A named set of known material."""

    __tablename__ = "collections"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[CollectionKind] = mapped_column(stored_enum(CollectionKind))
    created_at: Mapped[datetime] = mapped_column(default=now)


class CollectionMember(Table):
    """One item's place in one collection."""

    __tablename__ = "collection_members"

    collection_id: Mapped[str] = mapped_column(
        sa.ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[str]


def find(session: Session, collection_id: str) -> Collection | None:
    """Give the collection with this id, if there is one."""
    return session.get(Collection, collection_id)


def by_slug(session: Session, slug: str) -> Collection | None:
    """Give the collection of this name, if there is one."""
    return session.scalar(sa.select(Collection).where(Collection.slug == slug))


def by_slugs(session: Session, slugs: SomeOf[str]) -> dict[str, Collection]:
    """Give the collections that exist among these names."""
    rows = session.scalars(sa.select(Collection).where(Collection.slug.in_(slugs)))
    return {row.slug: row for row in rows}


def page(session: Session, limit: int, cursor: str | None) -> Paged[Collection]:
    """Give one page of all collections, by name."""
    return paged(session, sa.select(Collection).order_by(Collection.slug), limit, cursor)


def members(session: Session, collection_ids: SomeOf[str]) -> dict[str, int]:
    """Count the members of some collections; an empty one is not among the keys."""
    member = CollectionMember
    counts = sa.select(member.collection_id, sa.func.count()).group_by(member.collection_id)
    rows = session.execute(counts.where(member.collection_id.in_(collection_ids)))
    return dict(rows.all())


def membership(session: Session, collection_id: str, media_id: str) -> CollectionMember | None:
    """Give an item's place in a collection, if it has one."""
    return session.get(CollectionMember, (collection_id, media_id))


def memberships(session: Session, media_id: str) -> list[CollectionMember]:
    """Give an item's places in all collections that it is in."""
    found = sa.select(CollectionMember).where(CollectionMember.media_id == media_id)
    return list(session.scalars(found.order_by(CollectionMember.collection_id)))


def slugs_of_content(session: Session, sha256: str) -> set[str]:
    """The names of the collections that the item with a content is in; none if there is no item."""
    found = (
        sa.select(Collection.slug)
        .join(CollectionMember, CollectionMember.collection_id == Collection.id)
        .join(Media, Media.id == CollectionMember.media_id)
        .where(Media.sha256 == sha256)
    )
    return set(session.scalars(found))


def in_any(
    media_id: sa.ColumnElement[str] | InstrumentedAttribute[str],
) -> sa.ColumnElement[bool]:
    """SQL condition: an item is in a collection.

    Asked of each item: PostgreSQL goes through a long list of all members anew for each.
    """
    return sa.exists().where(CollectionMember.media_id == media_id)


def in_common(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those items that are in a collection of the kind `common`."""
    found: set[str] = set()
    for some in batched(media_ids, ROWS_A_STATEMENT):
        found |= set(session.scalars(common().where(CollectionMember.media_id.in_(some))))
    return found


def common() -> sa.Select[str]:
    """SQL query for the ids of the items that are in a collection of the kind `common`."""
    return (
        sa.select(CollectionMember.media_id)
        .join(Collection, Collection.id == CollectionMember.collection_id)
        .where(Collection.kind == CollectionKind.COMMON)
    )
