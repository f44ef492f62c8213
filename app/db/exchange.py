"""What was told to partners: bundle by bundle, and which items each feed holds."""

from collections.abc import Collection as SomeOf
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.media import MediaKind
from app.db.base import NEVER_REUSED, ROWS_A_STATEMENT, Sequence, Table, now
from app.db.collections import Collection, CollectionMember
from app.db.item_hashes import ItemHashes
from app.db.media import Media, MediaTag
from app.db.publications import Publication, PublishedRevision
from app.db.sensitivity import StoredFlag
from app.db.verifications import Verification
from app.schemas.enums import MediaState, VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag

AT_ONCE = 100


class Export(Table):
    """One bundle: whose decision, of what; `seq` orders all bundles of this desk."""

    __tablename__ = "exchange_exports"
    __table_args__ = NEVER_REUSED

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    feed: Mapped[str]
    wanted: Mapped[dict[str, Any]]
    entries: Mapped[int]
    revoked: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    issued_at: Mapped[datetime] = mapped_column(default=now)
    issued_by: Mapped[str]


class ExportedItem(Table):
    """An item that a feed told of. It outlives the item: partners must be told to forget it."""

    __tablename__ = "exported_items"

    feed: Mapped[str] = mapped_column(primary_key=True)
    media_id: Mapped[str] = mapped_column(primary_key=True)
    revoked: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of an item besides its hashes: no name, no note, no picture."""

    media_id: str
    status: VerificationStatus
    published_wording: str | None


@dataclass(frozen=True, slots=True)
class Exportable:
    """An item with its hashes."""

    told: Told
    kind: MediaKind
    sha256: str
    pdq: bytes
    times_ms: bytes


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which items a bundle is to hold: of any of these, of all kinds that are given."""

    statuses: tuple[VerificationStatus, ...]
    collections: tuple[str, ...]
    tags: tuple[str, ...]
    without: frozenset[SensitivityFlag]


def told_of(session: Session, wanted: ExportFilter) -> list[Told]:
    """What is to be told of the ready items that pass a filter, by id."""
    return [Told(*row) for row in session.execute(_passing(wanted))]


def exportable(
    session: Session, wanted: ExportFilter, only: SomeOf[Told] | None = None
) -> Iterator[Exportable]:
    """The ready items that pass a filter, or some of them, with their hashes."""
    of_items = _passing(wanted).add_columns(
        Media.kind, Media.sha256, ItemHashes.pdq, ItemHashes.times_ms
    )
    parts = [of_items]
    if only is not None:
        ids = batched((each.media_id for each in only), ROWS_A_STATEMENT)
        parts = [of_items.where(Media.id.in_(some)) for some in ids]
    for part in parts:
        for media_id, status, wording, *hashes in session.execute(part).yield_per(AT_ONCE):
            yield Exportable(Told(media_id, status, wording), *hashes)


def _passing(wanted: ExportFilter) -> sa.Select[*tuple[Any, ...]]:
    flagged = sa.select(StoredFlag.media_id).where(StoredFlag.flag.in_(wanted.without))
    statement = (
        sa.select(Media.id, Verification.status, _public_wording())
        .join(Verification, Verification.media_id == Media.id)
        .join(ItemHashes, ItemHashes.media_id == Media.id)
        .where(
            Media.state != MediaState.PURGED,
            Verification.status.in_(wanted.statuses),
            Media.id.not_in(flagged),
        )
        .order_by(Media.id)
    )
    if wanted.collections:
        members = (
            sa.select(CollectionMember.media_id)
            .join(Collection, Collection.id == CollectionMember.collection_id)
            .where(Collection.slug.in_(wanted.collections))
        )
        statement = statement.where(Media.id.in_(members))
    if wanted.tags:
        tagged = sa.select(MediaTag.media_id).where(MediaTag.tag.in_(wanted.tags))
        statement = statement.where(Media.id.in_(tagged))
    return statement


def told(session: Session, feed: str, media_ids: SomeOf[str]) -> list[str]:
    """Say which items a feed holds now; gives those that it held once and holds no more."""
    kept = {
        row.media_id: row
        for row in session.scalars(sa.select(ExportedItem).where(ExportedItem.feed == feed))
    }
    for media_id, row in kept.items():
        row.revoked = media_id not in media_ids
    session.add_all(
        ExportedItem(feed=feed, media_id=media_id) for media_id in media_ids if media_id not in kept
    )
    session.flush()
    return sorted(media_id for media_id, row in kept.items() if row.revoked)


def next_seq(session: Session) -> int:
    """The number of the next bundle. The caller has `in_commit_order`."""
    return (session.scalar(sa.select(sa.func.max(Export.seq))) or 0) + 1


def _public_wording() -> sa.ScalarSelect[str]:
    """What the public reads of an item; of another verdict that is not public yet, nothing."""
    revision = PublishedRevision
    current = sa.and_(
        revision.media_id == Publication.media_id, revision.version == Publication.version
    )
    public = sa.select(revision.review["wording"].as_string()).join(Publication, current)
    return public.where(
        Publication.media_id == Media.id,
        Publication.tombstoned_at.is_(None),
        revision.review["status"].as_string() == Verification.status,
    ).scalar_subquery()
