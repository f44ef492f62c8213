"""Named sets of media; membership makes an item known material."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Table, new_id, now, stored_enum
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
