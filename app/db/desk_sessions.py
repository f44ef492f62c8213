"""Who is signed in where: one row for each browser, ended by removing it."""

from collections.abc import Collection as SomeOf
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now
from app.db.people import Person

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)


class DeskSession(Table):
    """One browser of one person; only the hash of what its cookie holds is kept."""

    __tablename__ = "desk_sessions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    secret_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    user_agent: Mapped[str]
    address: Mapped[str | None]


def _good() -> tuple[sa.ColumnElement[bool], ...]:
    at = now()
    return (
        DeskSession.seen_at > at - IDLE,
        DeskSession.made_at > at - LONGEST,
        Person.disabled_at.is_(None),
    )


def by_secret(session: Session, secret_sha256: str) -> tuple[DeskSession, Person] | None:
    """The browser whose cookie this is and its person, if both are still good."""
    wanted = (
        sa.select(DeskSession, Person)
        .join(Person, Person.id == DeskSession.person_id)
        .where(DeskSession.secret_sha256 == secret_sha256, *_good())
    )
    found = session.execute(wanted).one_or_none()
    return (found[0], found[1]) if found else None


def is_good(session: Session, session_id: str) -> bool:
    """Whether a browser that was signed in is so still."""
    wanted = (
        sa.select(DeskSession.id)
        .join(Person, Person.id == DeskSession.person_id)
        .where(DeskSession.id == session_id, *_good())
    )
    return session.scalar(wanted) is not None


def of_person(session: Session, person_id: str) -> list[DeskSession]:
    """Where a person is signed in, the last used first."""
    wanted = (
        sa.select(DeskSession)
        .join(Person, Person.id == DeskSession.person_id)
        .where(DeskSession.person_id == person_id, *_good())
        .order_by(DeskSession.seen_at.desc(), DeskSession.id)
    )
    return list(session.scalars(wanted))


def last_used(session: Session, person_ids: SomeOf[str]) -> dict[str, datetime]:
    """When each of some people who are signed in was last seen."""
    wanted = (
        sa.select(DeskSession.person_id, sa.func.max(DeskSession.seen_at))
        .join(Person, Person.id == DeskSession.person_id)
        .where(DeskSession.person_id.in_(person_ids), *_good())
        .group_by(DeskSession.person_id)
    )
    return dict(session.execute(wanted).all())


def end(
    session: Session, person_id: str, *, only: str | None = None, but: str | None = None
) -> int:
    """Sign a person out: in one browser, in all but one, or everywhere; gives in how many."""
    ended = sa.delete(DeskSession).where(DeskSession.person_id == person_id)
    if only is not None:
        ended = ended.where(DeskSession.id == only)
    if but is not None:
        ended = ended.where(DeskSession.id != but)
    return len(session.execute(ended.returning(DeskSession.id)).all())


def touch(session: Session, session_id: str) -> None:
    """Note that a browser was used just now."""
    used = sa.update(DeskSession).where(DeskSession.id == session_id)
    session.execute(used.values(seen_at=now()))


def forget_ended(session: Session) -> None:
    """Remove the rows of browsers that may not come back."""
    at = now()
    over = sa.or_(DeskSession.seen_at <= at - IDLE, DeskSession.made_at <= at - LONGEST)
    session.execute(sa.delete(DeskSession).where(over))
