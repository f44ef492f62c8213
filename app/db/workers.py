"""Heartbeats of job workers; one that stops beating is dead and its jobs are taken over."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now

CLOCKS_DIFFER_S = 10.0


class Worker(Table):
    """One running job worker."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    beat_at: Mapped[datetime] = mapped_column(default=now)


def beat(session: Session, worker_id: str, host: str) -> None:
    """Say that this worker lives, whether or not the others have given it up meanwhile."""
    session.merge(Worker(id=worker_id, host=host, beat_at=now()))


def _alive(timeout_s: float) -> sa.ColumnElement[bool]:
    """SQL condition: it has been heard of within the timeout.

    Whoever was heard of later than now has said nothing since the clock was set back.
    """
    at = now()
    ahead_s = timeout_s + CLOCKS_DIFFER_S
    return Worker.beat_at.between(
        at - timedelta(seconds=timeout_s), at + timedelta(seconds=ahead_s)
    )


def silent(session: Session, timeout_s: float) -> list[str]:
    """The workers that have not been heard of for longer than the timeout."""
    return list(session.scalars(sa.select(Worker.id).where(~_alive(timeout_s))))


def forget_silent(session: Session, worker_ids: Collection[str], timeout_s: float) -> None:
    """Remove those of `worker_ids` that are silent still."""
    before = now() - timedelta(seconds=timeout_s)
    found = sa.and_(Worker.id.in_(worker_ids), Worker.beat_at < before)
    session.execute(sa.delete(Worker).where(found))


def sign_off_ahead(session: Session, worker_ids: Collection[str], timeout_s: float) -> None:
    """Count those of `worker_ids` as dead from now on that were heard of before the clock was set back."""
    for worker_id in worker_ids:
        found = session.get(Worker, worker_id, with_for_update=True, populate_existing=True)
        if found is not None and found.beat_at > now() + timedelta(
            seconds=timeout_s + CLOCKS_DIFFER_S
        ):
            sign_off(session, worker_id, timeout_s)


def sign_off(session: Session, worker_id: str, timeout_s: float) -> None:
    """Count this worker as dead from now on, so that others need not wait for its silence."""
    # No further back: it may take a job yet, and has to be remembered as long as any other.
    silent_since = now() - timedelta(seconds=timeout_s + CLOCKS_DIFFER_S)
    session.execute(sa.update(Worker).where(Worker.id == worker_id).values(beat_at=silent_since))


def any_alive(session: Session, timeout_s: float) -> bool:
    """Whether a worker has been heard of within the timeout."""
    return session.scalar(sa.select(Worker.id).where(_alive(timeout_s)).limit(1)) is not None


def first_alive(session: Session, timeout_s: float) -> str | None:
    """The first of the workers that have been heard of within the timeout, in order of their ids."""
    alive = sa.select(Worker.id).where(_alive(timeout_s))
    return session.scalar(alive.order_by(Worker.id).limit(1))
