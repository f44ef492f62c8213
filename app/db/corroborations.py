"""Corroborations: what sources say of an item or of a claim; one is taken back only by another."""

from collections.abc import Collection as SomeOf
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged
from app.schemas.record_enums import About, Basis, Independence, InformantKind, Stance


class Corroboration(Table):
    """One statement of one source; never changed. `target_id` is the media's or the claim's id.

    `said_at` is a day or an instant in ISO 8601, as exact as it is known.
    """

    __tablename__ = "corroborations"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"), index=True)
    about: Mapped[About] = mapped_column(stored_enum(About))
    target_id: Mapped[str] = mapped_column(index=True)
    source_name: Mapped[str]
    source_kind: Mapped[InformantKind] = mapped_column(stored_enum(InformantKind))
    source_protected: Mapped[bool] = mapped_column(default=False)
    stance: Mapped[Stance] = mapped_column(stored_enum(Stance))
    statement: Mapped[str | None] = mapped_column(sa.Text)
    basis: Mapped[Basis] = mapped_column(stored_enum(Basis))
    repeats: Mapped[str | None]
    independence: Mapped[Independence] = mapped_column(stored_enum(Independence))
    independence_note: Mapped[str | None] = mapped_column(sa.Text)
    said_at: Mapped[str | None]
    link: Mapped[str | None]
    archive_url: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    quoted_via: Mapped[str | None]
    retracts_id: Mapped[str | None] = mapped_column(sa.ForeignKey("corroborations.id"), unique=True)
    by_id: Mapped[str]
    by_name: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True, slots=True)
class Statement:
    """Of a corroboration what decides what it comes to."""

    id: str
    about: About
    target_id: str
    stance: Stance
    independence: Independence
    basis: Basis
    retracts_id: str | None


def find(session: Session, corroboration_id: str) -> Corroboration | None:
    """The corroboration with this id, if there is one."""
    return session.get(Corroboration, corroboration_id)


def statements(
    session: Session, media_id: str, target_ids: SomeOf[str] | None = None
) -> list[Statement]:
    """What was said of an item and of its claims, or only of some of these, retractions too."""
    entry = Corroboration
    columns = (entry.id, entry.about, entry.target_id, entry.stance, entry.independence)
    said = sa.select(*columns, entry.basis, entry.retracts_id).where(entry.media_id == media_id)
    if target_ids is not None:
        said = said.where(entry.target_id.in_(target_ids))
    return [Statement(*row) for row in session.execute(said)]


def of_media(session: Session, media_id: str) -> list[Corroboration]:
    """All that was said of an item and of its claims, retractions too, first recorded first."""
    statement = sa.select(Corroboration).where(Corroboration.media_id == media_id)
    order = (Corroboration.recorded_at, Corroboration.id)
    return list(session.scalars(statement.order_by(*order)))


def page(session: Session, media_id: str, limit: int, cursor: str | None) -> Paged[Corroboration]:
    """One page of what was said of an item and of its claims, first recorded first."""
    statement = sa.select(Corroboration).where(Corroboration.media_id == media_id)
    order = (Corroboration.recorded_at, Corroboration.id)
    return paged(session, statement.order_by(*order), limit, cursor)


def retractions(session: Session, corroboration_ids: SomeOf[str]) -> dict[str, str]:
    """Which of some corroborations were taken back, and by which."""
    taken_back = sa.select(Corroboration.retracts_id, Corroboration.id)
    found = session.execute(taken_back.where(Corroboration.retracts_id.in_(corroboration_ids)))
    return {old: new for old, new in found if old}
