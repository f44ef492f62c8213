"""Fingerprints, one row per item and algorithm, in the core's own encoding."""

from collections.abc import Collection
from datetime import datetime
from itertools import batched

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from app.db.base import NEVER_REUSED, ROWS_A_STATEMENT, Sequence, Table, now


class StoredFingerprint(Table):
    """One item's fingerprint; `number` identifies it in the search index."""

    __tablename__ = "fingerprints"
    __table_args__ = (sa.UniqueConstraint("media_id", "algorithm"), NEVER_REUSED)

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"))
    algorithm: Mapped[str]
    frames: Mapped[int]
    encoded: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    created_at: Mapped[datetime] = mapped_column(default=now)


def of_media(
    session: Session, media_id: str, algorithm: str | None = None
) -> StoredFingerprint | None:
    """The item's newest fingerprint, or its newest of one algorithm."""
    query = sa.select(StoredFingerprint).where(StoredFingerprint.media_id == media_id)
    if algorithm is not None:
        query = query.where(StoredFingerprint.algorithm == algorithm)
    return session.scalar(query.order_by(StoredFingerprint.number.desc()).limit(1))


def encoded(session: Session, numbers: Collection[int]) -> dict[int, bytes]:
    """The encoded fingerprints that exist among `numbers`."""
    wanted = StoredFingerprint.number.in_(numbers)
    rows = session.execute(
        sa.select(StoredFingerprint.number, StoredFingerprint.encoded).where(wanted)
    )
    return {row.number: row.encoded for row in rows}


def frame_counts(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """How many frames the fingerprints have that exist among `numbers`."""
    wanted = StoredFingerprint.number.in_(numbers)
    rows = session.execute(
        sa.select(StoredFingerprint.number, StoredFingerprint.frames).where(wanted)
    )
    return {row.number: row.frames for row in rows}


def media_of(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """The items that the fingerprints of these numbers belong to."""
    owners = sa.select(StoredFingerprint.number, StoredFingerprint.media_id)
    found: dict[int, str] = {}
    for some in batched(numbers, ROWS_A_STATEMENT):
        rows = session.execute(owners.where(StoredFingerprint.number.in_(some)))
        found |= {row.number: row.media_id for row in rows}
    return found


def of_algorithm(session: Session, numbers: Collection[int], algorithm: str) -> set[int]:
    """Those of some fingerprints that are of one algorithm."""
    found = sa.select(StoredFingerprint.number).where(
        StoredFingerprint.number.in_(numbers), StoredFingerprint.algorithm == algorithm
    )
    return set(session.scalars(found))


def delete(session: Session, numbers: Collection[int]) -> None:
    """Remove fingerprints that are not known."""
    session.execute(sa.delete(StoredFingerprint).where(StoredFingerprint.number.in_(numbers)))


def numbers_of(session: Session, media_id: str) -> list[int]:
    """The numbers of all of an item's fingerprints, newest first."""
    numbers = sa.select(StoredFingerprint.number).where(StoredFingerprint.media_id == media_id)
    return list(session.scalars(numbers.order_by(StoredFingerprint.number.desc())))


def last_number(session: Session) -> int:
    """The number of the newest fingerprint of all; 0 before the first."""
    return session.scalar(sa.select(sa.func.max(StoredFingerprint.number))) or 0
