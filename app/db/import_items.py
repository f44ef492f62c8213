"""The lines and files of imports: what each says until it is entered, and what became of it."""

from collections.abc import Collection as SomeOf
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import NEVER_REUSED, Table, stored_enum
from app.db.base import Sequence as Number
from app.db.events import Event
from app.db.matches import StoredMatch
from app.db.media import Media
from app.db.paging import Paged, paged
from app.schemas.enums import EventType, MediaState
from app.schemas.import_enums import ImportItemState

AT_ONCE = 500
_LEFT_OUT = (ImportItemState.FAILED, ImportItemState.SKIPPED)


class ImportItem(Table):
    """One line or file of an import.

    `said` is kept until it is entered; `seen` names a file in its place, at its size and time, with
    what was said of it, so that it is not read again.
    """

    __tablename__ = "import_items"
    __table_args__ = (
        sa.Index("ix_import_items_state_of", "import_id", "state", "number"),
        NEVER_REUSED,
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    import_id: Mapped[str] = mapped_column(sa.ForeignKey("imports.id"))
    line: Mapped[int | None]
    path: Mapped[str]
    said: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    seen: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    media_id: Mapped[str | None] = mapped_column(sa.ForeignKey("media.id"), index=True)
    fact_check_id: Mapped[str | None] = mapped_column(sa.ForeignKey("fact_checks.id"))
    state: Mapped[ImportItemState] = mapped_column(stored_enum(ImportItemState), index=True)
    code: Mapped[str | None]
    error: Mapped[str | None] = mapped_column(sa.Text)


@dataclass(frozen=True, slots=True)
class Settled:
    """An item whose media came to its end."""

    number: int
    failure: dict[str, Any] | None


def add(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """List items of an import, one for each dictionary of column values."""
    values = list(rows)
    if values:
        session.execute(sa.insert(ImportItem), values)


def forget(session: Session, import_id: str) -> None:
    """Drop what was listed of an import, before anything of it is entered."""
    session.execute(sa.delete(ImportItem).where(ImportItem.import_id == import_id))


def listed(session: Session, import_id: str, limit: int) -> list[ImportItem]:
    """The next items to enter."""
    mine = ImportItem.import_id == import_id
    rows = sa.select(ImportItem).where(mine, ImportItem.state == ImportItemState.LISTED)
    return list(session.scalars(rows.order_by(ImportItem.number).limit(limit)))


def one(session: Session, number: int) -> ImportItem | None:
    """The item with this number, kept from others until the commit."""
    return session.get(ImportItem, number, with_for_update=True, populate_existing=True)


def before(session: Session, seen: str, number: int) -> ImportItem | None:
    """What became of the same file the last time, if it was imported before."""
    rows = sa.select(ImportItem).where(
        ImportItem.seen == seen,
        ImportItem.number != number,
        sa.or_(ImportItem.state != ImportItemState.FAILED, ImportItem.media_id.is_not(None)),
    )
    return session.scalar(rows.order_by(ImportItem.number.desc()).limit(1))


def seen_among(session: Session, names: SomeOf[str]) -> set[str]:
    """Those of some files that an import has dealt with, however it ended."""
    found = sa.select(ImportItem.seen).where(ImportItem.seen.in_(names)).distinct()
    return {name for name in session.scalars(found) if name}


def left_out(session: Session, import_id: str, limit: int, cursor: str | None) -> Paged[ImportItem]:
    """One page of the items of an import that failed or were skipped, in their order."""
    mine = sa.and_(ImportItem.import_id == import_id, ImportItem.state.in_(_LEFT_OUT))
    rows = sa.select(ImportItem).where(mine).order_by(ImportItem.number)
    return paged(session, rows, limit, cursor)


def at_their_end(session: Session, limit: int) -> list[Settled]:
    """Some entered items whose media is ready, failed or gone."""
    over = (MediaState.READY, MediaState.FAILED, MediaState.PURGED)
    rows = (
        sa.select(ImportItem.number, Media.failure)
        .join(Media, Media.id == ImportItem.media_id)
        .where(ImportItem.state == ImportItemState.ENTERED, Media.state.in_(over))
    )
    return [Settled(*row) for row in session.execute(rows.limit(limit))]


def make_added(session: Session, numbers: Sequence[int]) -> None:
    """Count entered items as added."""
    mine = sa.and_(ImportItem.number.in_(numbers), ImportItem.state == ImportItemState.ENTERED)
    session.execute(sa.update(ImportItem).where(mine).values(state=ImportItemState.ADDED))


def make_failed(session: Session, number: int, code: str, error: str) -> None:
    """Count an entered item as failed, for the reason that its media failed for."""
    mine = sa.and_(ImportItem.number == number, ImportItem.state == ImportItemState.ENTERED)
    failed = {"state": ImportItemState.FAILED, "code": code, "error": error}
    session.execute(sa.update(ImportItem).where(mine).values(failed))


def media_of(import_id: str) -> sa.Select[str | None]:
    """The ids of the items that an import named."""
    return sa.select(ImportItem.media_id).where(
        ImportItem.import_id == import_id, ImportItem.media_id.is_not(None)
    )


def retro_matches(session: Session, import_id: str) -> int:
    """How many matches of earlier items with what came by an import were told by now."""
    mine, pair = media_of(import_id), StoredMatch
    # Of all events there are those of few items to be read.
    matched = sa.union(
        sa.select(pair.query_media_id).where(pair.known_media_id.in_(mine)),
        sa.select(pair.known_media_id).where(pair.query_media_id.in_(mine)),
    )
    told = sa.select(sa.func.count()).where(
        Event.media_id.in_(matched),
        Event.type == EventType.MATCH_FOUND_RETROACTIVELY,
        Event.data["known_id"].as_string().in_(mine),
    )
    return session.scalar(told) or 0
