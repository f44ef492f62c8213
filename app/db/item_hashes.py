"""What others' hashes are compared with: each fingerprinted item's hashes, small beside the fingerprint."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from itertools import batched

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import NEVER_REUSED, ROWS_A_STATEMENT, Sequence, Table, now
from app.db.collections import Collection, CollectionMember
from app.db.fingerprints import StoredFingerprint
from app.db.media import Media
from app.schemas.enums import CollectionKind, MediaState


class ItemHashes(Table):
    """One item's: of its bytes, and PDQ and pHash of its voting frames of sufficient quality.

    `checked_until` is the number of the newest listed hash that it was compared with.
    """

    __tablename__ = "item_hashes"
    __table_args__ = (sa.UniqueConstraint("media_id"), NEVER_REUSED)

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"))
    fingerprint_number: Mapped[int] = mapped_column(sa.BigInteger)
    md5: Mapped[bytes | None] = mapped_column(sa.LargeBinary, index=True)
    sha1: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    times_ms: Mapped[bytes] = mapped_column(sa.LargeBinary)
    pdq: Mapped[bytes] = mapped_column(sa.LargeBinary)
    phash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    checked_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    checked_at: Mapped[datetime | None]


def of_media(session: Session, media_id: str) -> ItemHashes | None:
    """An item's hashes, once they were taken."""
    return session.scalar(sa.select(ItemHashes).where(ItemHashes.media_id == media_id))


def replace(session: Session, made: ItemHashes) -> None:
    """Keep an item's hashes in place of older ones. The caller has `in_commit_order`."""
    session.execute(sa.delete(ItemHashes).where(ItemHashes.media_id == made.media_id))
    session.add(made)
    session.flush()


def checked(session: Session, media_id: str, until: int) -> None:
    """Say up to which listed hash an item was compared."""
    mine = ItemHashes.media_id == media_id
    values = {"checked_until": until, "checked_at": now()}
    session.execute(sa.update(ItemHashes).where(mine).values(values))


def behind(session: Session, until: int, limit: int, after: int = 0) -> list[str]:
    """Items that were not compared with all hashes up to `until`, those that came last first.

    Of those with fingerprints numbered beyond `after`: the hashes of all others are not read.
    """
    newest = (
        sa.select(StoredFingerprint.media_id, sa.func.max(StoredFingerprint.number).label("number"))
        .where(StoredFingerprint.number > after)
        .group_by(StoredFingerprint.media_id)
        .subquery()
    )
    found = (
        sa.select(Media.id)
        .join(newest, newest.c.media_id == Media.id)
        .outerjoin(ItemHashes, ItemHashes.media_id == Media.id)
        .where(
            Media.state != MediaState.PURGED,
            sa.or_(
                ItemHashes.number.is_(None),
                ItemHashes.fingerprint_number != newest.c.number,
                sa.func.coalesce(ItemHashes.checked_until, -1) < until,
            ),
        )
        .order_by(Media.received_at.desc(), Media.id)
        .limit(limit)
    )
    return list(session.scalars(found))


def of_common(session: Session) -> list[bytes]:
    """The PDQ hashes of each item that is in a collection of the kind `common`."""
    common = (
        sa.select(CollectionMember.media_id)
        .join(Collection, Collection.id == CollectionMember.collection_id)
        .where(Collection.kind == CollectionKind.COMMON)
    )
    return list(session.scalars(sa.select(ItemHashes.pdq).where(ItemHashes.media_id.in_(common))))


def after(session: Session, number: int, limit: int) -> list[ItemHashes]:
    """The hashes of the next items, in the order in which they were taken."""
    following = sa.select(ItemHashes).where(ItemHashes.number > number)
    return list(session.scalars(following.order_by(ItemHashes.number).limit(limit)))


def living(session: Session, numbers: SomeOf[int]) -> dict[int, Media]:
    """The items that hashes of these numbers are of, purged ones left out."""
    owners = (
        sa.select(ItemHashes.number, Media)
        .join(Media, Media.id == ItemHashes.media_id)
        .where(Media.state != MediaState.PURGED)
    )
    found: dict[int, Media] = {}
    for some in batched(numbers, ROWS_A_STATEMENT):
        found |= dict(session.execute(owners.where(ItemHashes.number.in_(some))).all())
    return found


def by_md5(session: Session, md5: bytes) -> list[str]:
    """The items whose bytes have this MD5."""
    return list(session.scalars(sa.select(ItemHashes.media_id).where(ItemHashes.md5 == md5)))


def count(session: Session) -> int:
    """How many items have their hashes kept."""
    return session.scalar(sa.select(sa.func.count()).select_from(ItemHashes)) or 0
