"""When each stored file was last read and hashed again, and how that went; and open faults."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now, stored_enum
from app.db.media import Media
from app.db.paging import Paged, paged
from app.schemas.audit import FaultKind, FixityOutcome
from app.schemas.enums import MediaState


class FixityCheck(Table):
    """The last reading of one item's file."""

    __tablename__ = "fixity_checks"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    outcome: Mapped[FixityOutcome] = mapped_column(stored_enum(FixityOutcome), index=True)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    checked_at: Mapped[datetime] = mapped_column(default=now)


class IntegrityFault(Table):
    """A fault that was told of; it is told again only after it was gone."""

    __tablename__ = "integrity_faults"

    kind: Mapped[FaultKind] = mapped_column(stored_enum(FaultKind), primary_key=True)
    object: Mapped[str] = mapped_column(primary_key=True)
    detail: Mapped[str] = mapped_column(sa.Text)
    found_at: Mapped[datetime] = mapped_column(default=now)


def due(session: Session, read_before: datetime, limit: int) -> list[Media]:
    """Items whose files were not read since then, those first that were not for longest.

    A file is read while it arrives, too; purged items have none.
    """
    last = sa.func.coalesce(FixityCheck.checked_at, Media.received_at)
    statement = (
        sa.select(Media)
        .outerjoin(FixityCheck, FixityCheck.media_id == Media.id)
        .where(last < read_before, Media.state != MediaState.PURGED)
        .order_by(last, Media.id)
    )
    return list(session.scalars(statement.limit(limit)))


def keep(session: Session, media_id: str, outcome: FixityOutcome, sha256: str | None) -> None:
    """Write down how a reading went."""
    check = FixityCheck(media_id=media_id, outcome=outcome, sha256=sha256, checked_at=now())
    session.merge(check)
    session.flush()


def page(
    session: Session, outcome: FixityOutcome | None, limit: int, cursor: str | None
) -> Paged[FixityCheck]:
    """Readings, the last one first; of one outcome, or of all."""
    statement = sa.select(FixityCheck)
    if outcome is not None:
        statement = statement.where(FixityCheck.outcome == outcome)
    newest = statement.order_by(FixityCheck.checked_at.desc(), FixityCheck.media_id)
    return paged(session, newest, limit, cursor)


def open_faults(session: Session, kinds: tuple[FaultKind, ...]) -> dict[str, IntegrityFault]:
    """The faults of some kinds that were told of and are not known to be gone, by object."""
    found = session.scalars(sa.select(IntegrityFault).where(IntegrityFault.kind.in_(kinds)))
    return {f"{each.kind} {each.object}": each for each in found}
