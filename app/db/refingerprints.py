"""Items to fingerprint anew because the algorithm changed: the rows are the work's queue.

The fingerprint that was made before stays beside the new one until every search that it was
missing in has been made up for.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from app.db.base import Table, now
from app.db.fingerprints import StoredFingerprint
from app.db.known import KnownLogEntry
from app.db.media import Media
from app.db.searches import MatchSearch
from app.db.workers import Worker
from app.schemas.enums import MediaState


class Refingerprint(Table):
    """One item to fingerprint anew; with a `failure` it is left as it is until somebody asks."""

    __tablename__ = "refingerprints"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    algorithm: Mapped[str] = mapped_column(index=True)
    taken_by: Mapped[str | None]
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    planned_at: Mapped[datetime] = mapped_column(default=now)


def outdated(session: Session, algorithm: str) -> list[str]:
    """The items whose newest fingerprint is of another algorithm, in order of arrival."""
    found = sa.select(Media.id).where(
        Media.state == MediaState.READY,
        Media.id.in_(
            sa.select(StoredFingerprint.media_id).where(
                StoredFingerprint.number.in_(_newest()), StoredFingerprint.algorithm != algorithm
            )
        ),
    )
    return list(session.scalars(found.order_by(Media.received_at, Media.id)))


def plan(session: Session, media_ids: Sequence[str], algorithm: str) -> int:
    """Put items into the queue, but for those that are there or failed already; gives how many."""
    wanted = Refingerprint.media_id.in_(media_ids)
    there = {row.media_id: row for row in session.scalars(sa.select(Refingerprint).where(wanted))}
    put = 0
    for media_id in media_ids:
        row = there.get(media_id)
        if row is None:
            session.add(Refingerprint(media_id=media_id, algorithm=algorithm))
        elif row.algorithm != algorithm:
            row.algorithm, row.taken_by, row.failure = algorithm, None, None
        else:
            continue
        put += 1
    return put


def drop_needless(session: Session, algorithm: str) -> None:
    """Take items out of the queue for other algorithms whose newest fingerprint is of this one."""
    newest = sa.select(StoredFingerprint.media_id).where(
        StoredFingerprint.number.in_(_newest()), StoredFingerprint.algorithm == algorithm
    )
    needless = sa.and_(Refingerprint.algorithm != algorithm, Refingerprint.media_id.in_(newest))
    session.execute(sa.delete(Refingerprint).where(needless))


def free(algorithm: str, worker_id: str, alive_since: datetime) -> sa.ColumnElement[bool]:
    """SQL condition: an item waits, and no other living worker has taken it."""
    living = sa.select(Worker.id).where(Worker.beat_at >= alive_since, Worker.id != worker_id)
    untaken = sa.or_(Refingerprint.taken_by.is_(None), Refingerprint.taken_by.not_in(living))
    return sa.and_(_waits(algorithm), untaken)


def first(session: Session, wanted: sa.ColumnElement[bool]) -> Refingerprint | None:
    """The first item of the queue that is wanted, kept from others until the commit."""
    rows = sa.select(Refingerprint).where(wanted)
    rows = rows.order_by(Refingerprint.planned_at, Refingerprint.media_id).limit(1)
    return session.scalar(rows.with_for_update(skip_locked=True))


def finish(session: Session, media_id: str) -> None:
    """Take an item out of the queue."""
    session.execute(sa.delete(Refingerprint).where(Refingerprint.media_id == media_id))


def fail(session: Session, media_id: str, algorithm: str, failure: dict[str, Any]) -> None:
    """Leave an item as it is, with the reason."""
    session.merge(
        Refingerprint(media_id=media_id, algorithm=algorithm, taken_by=None, failure=failure)
    )


def try_failed_again(session: Session, algorithm: str) -> None:
    """Let items that failed wait again."""
    failed = sa.update(Refingerprint).where(Refingerprint.failure.is_not(None))
    session.execute(failed.values(algorithm=algorithm, taken_by=None, failure=sa.null()))


def waiting(session: Session, algorithm: str | None = None) -> int:
    """How many items wait for a new fingerprint, of one algorithm or of any."""
    rows = sa.select(sa.func.count()).select_from(Refingerprint).where(_waits(algorithm))
    return session.scalar(rows) or 0


def failures(session: Session) -> dict[str, dict[str, Any]]:
    """Why items could not be fingerprinted anew, by item."""
    rows = sa.select(Refingerprint.media_id, Refingerprint.failure)
    failed = rows.where(Refingerprint.failure.is_not(None)).order_by(Refingerprint.media_id)
    return {media_id: failure for media_id, failure in session.execute(failed) if failure}


def superseded(session: Session, algorithm: str, limit: int) -> list[int]:
    """Some numbers of fingerprints beside which their item has a newer one of this algorithm."""
    newer = aliased(StoredFingerprint)
    found = sa.select(StoredFingerprint.number).join(
        newer,
        sa.and_(
            newer.media_id == StoredFingerprint.media_id,
            newer.number > StoredFingerprint.number,
            newer.algorithm == algorithm,
        ),
    )
    # In no order: in that of the numbers, all rows would be read, which hold the fingerprints.
    return list(session.scalars(found.limit(limit)))


def next_incomplete(session: Session, algorithm: str) -> str | None:
    """An item that was searched before all new fingerprints were known, and missed some."""
    newest = sa.select(StoredFingerprint.number).where(
        StoredFingerprint.number.in_(_newest()),
        StoredFingerprint.algorithm == algorithm,
        sa.exists().where(
            _older.media_id == StoredFingerprint.media_id, _older.number < StoredFingerprint.number
        ),
    )
    upgraded = sa.select(sa.func.max(KnownLogEntry.seq)).where(
        KnownLogEntry.fingerprint_number.in_(newest)
    )
    comparable = sa.select(StoredFingerprint.media_id).where(
        StoredFingerprint.algorithm == algorithm
    )
    failed = sa.select(Refingerprint.media_id).where(Refingerprint.failure.is_not(None))
    missed = sa.select(MatchSearch.media_id).where(
        sa.or_(MatchSearch.not_comparable > 0, MatchSearch.uploads_not_comparable > 0),
        MatchSearch.as_of_seq < upgraded.scalar_subquery(),
        MatchSearch.media_id.in_(comparable),
        MatchSearch.media_id.in_(sa.select(Media.id).where(Media.state == MediaState.READY)),
        MatchSearch.media_id.not_in(failed),
    )
    return session.scalar(missed.order_by(MatchSearch.media_id).limit(1))


_older = aliased(StoredFingerprint)


def _newest() -> sa.Select[int]:
    newest = sa.select(sa.func.max(StoredFingerprint.number))
    return newest.group_by(StoredFingerprint.media_id)


def _waits(algorithm: str | None) -> sa.ColumnElement[bool]:
    waits = Refingerprint.failure.is_(None)
    return waits if algorithm is None else sa.and_(waits, Refingerprint.algorithm == algorithm)
