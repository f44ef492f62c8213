"""Views of the queue that people saved for themselves."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now


class DeskView(Table):
    """One person's view: a name, and the filters as they stand in the address."""

    __tablename__ = "desk_views"
    __table_args__ = (sa.UniqueConstraint("person_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str]
    name: Mapped[str] = mapped_column(sa.String(60))
    query: Mapped[str] = mapped_column(sa.String(1000))
    saved_at: Mapped[datetime] = mapped_column(default=now)


def of_person(session: Session, person_id: str) -> list[DeskView]:
    """A person's views, in the order of their names."""
    statement = sa.select(DeskView).where(DeskView.person_id == person_id)
    return list(session.scalars(statement.order_by(DeskView.name)))


def find(session: Session, view_id: str) -> DeskView | None:
    """The view with this id, if there is one."""
    return session.get(DeskView, view_id)
