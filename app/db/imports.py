"""Imports of known material as they were ordered, and how far each is; the rows are the queue."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access import Role
from app.db.base import Table, new_id, now, stored_enum
from app.db.import_items import ImportItem
from app.db.paging import Paged, paged
from app.db.workers import Worker
from app.schemas.import_enums import ImportItemState, ImportKind, ImportState

_READ = (ImportState.WAITING, ImportState.LISTING, ImportState.ENTERING, ImportState.WATCHING)

RUN_COLUMNS = ("state", "taken_by", "due_at", "started_at", "finished_at", "fault")
"""What changes while an import runs; all else is what was ordered."""


class Import(Table):
    """One order: what is read, into which collection, by whose word; then how far it is.

    What is read lies in `root`, which the desk's settings allowed when it was ordered.
    """

    __tablename__ = "imports"
    __table_args__ = (sa.Index("ix_imports_newest", "ordered_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ImportKind] = mapped_column(stored_enum(ImportKind))
    root: Mapped[str]
    path: Mapped[str]
    collection: Mapped[str | None]
    options: Mapped[dict[str, Any]]
    ordered_by: Mapped[str]
    ordered_by_name: Mapped[str]
    ordered_by_role: Mapped[Role] = mapped_column(stored_enum(Role))
    ordered_at: Mapped[datetime] = mapped_column(default=now)
    cancelled_by: Mapped[str | None]
    state: Mapped[ImportState] = mapped_column(
        stored_enum(ImportState), default=ImportState.WAITING, index=True
    )
    taken_by: Mapped[str | None]
    due_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    fault: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


def find(session: Session, import_id: str) -> Import | None:
    """The import with this id, if there is one."""
    return session.get(Import, import_id)


def lock(session: Session, import_id: str) -> Import | None:
    """The import with this id, if there is one; its row is locked until the commit."""
    return session.get(Import, import_id, with_for_update=True, populate_existing=True)


def mine(session: Session, import_id: str, worker_id: str) -> Import | None:
    """An import that a worker still has to read, kept from others; None if it was cancelled."""
    found = lock(session, import_id)
    going_on = found is not None and found.state in _READ and found.taken_by == worker_id
    return found if going_on else None


def page(session: Session, limit: int, cursor: str | None) -> Paged[Import]:
    """One page of all imports, newest first."""
    newest = (Import.ordered_at.desc(), Import.id.desc())
    return paged(session, sa.select(Import).order_by(*newest), limit, cursor)


def take(session: Session, worker_id: str, alive_since: datetime) -> Import | None:
    """Take the oldest import that has something to read and that no other living worker has."""
    living = sa.select(Worker.id).where(Worker.beat_at >= alive_since, Worker.id != worker_id)
    free = sa.or_(Import.taken_by.is_(None), Import.taken_by.not_in(living))
    due = sa.and_(Import.state.in_(_READ), Import.due_at <= now())
    rows = sa.select(Import).where(due, free)
    rows = rows.order_by(Import.due_at, Import.ordered_at, Import.id).limit(1)
    found = session.scalar(rows.with_for_update(skip_locked=True))
    if found is not None:
        found.taken_by = worker_id
    return found


def make_due(session: Session) -> None:
    """Let whatever has something to read be taken now, for how long ever it was put off."""
    put_off = sa.and_(Import.state.in_(_READ), Import.due_at > now())
    session.execute(sa.update(Import).where(put_off).values(due_at=now()))


def settled(session: Session) -> list[Import]:
    """The imports that were read, and no item of which waits for its fingerprint any more."""
    waiting = sa.exists().where(
        ImportItem.import_id == Import.id, ImportItem.state == ImportItemState.ENTERED
    )
    found = sa.select(Import).where(Import.state == ImportState.SETTLING, ~waiting)
    return list(session.scalars(found.order_by(Import.id)))


def counts(session: Session, import_ids: SomeOf[str]) -> dict[str, dict[ImportItemState, int]]:
    """How many items of some imports are in each state."""
    item = ImportItem
    rows = sa.select(item.import_id, item.state, sa.func.count()).where(
        item.import_id.in_(import_ids)
    )
    found: dict[str, dict[ImportItemState, int]] = {each: {} for each in import_ids}
    for import_id, state, count in session.execute(rows.group_by(item.import_id, item.state)):
        found[import_id][state] = count
    return found
