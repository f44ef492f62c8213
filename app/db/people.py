"""People who sign in at the desk, and the one-time links by which they set their passwords."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access import Role
from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged


class Person(Table):
    """One person; `login` is kept as it is compared, in small letters."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    disabled_at: Mapped[datetime | None]


class PasswordLink(Table):
    """A link that sets one person's password once; only the hash of its secret is kept."""

    __tablename__ = "password_links"

    secret_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    expires_at: Mapped[datetime]


def find(session: Session, person_id: str) -> Person | None:
    """The person with this id, disabled or not."""
    return session.get(Person, person_id)


def by_login(session: Session, login: str) -> Person | None:
    """The person who signs in by this name."""
    return session.scalar(sa.select(Person).where(Person.login == login))


def by_oidc_subject(session: Session, subject: str) -> Person | None:
    """The person whom the identity provider calls so."""
    return session.scalar(sa.select(Person).where(Person.oidc_subject == subject))


def lock(session: Session, person_id: str) -> Person | None:
    """The person, whom nobody else changes before this transaction ends."""
    wanted = sa.select(Person).where(Person.id == person_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def any_exists(session: Session) -> bool:
    """Whether anybody can sign in at all."""
    return session.scalar(sa.select(Person.id).limit(1)) is not None


def page(session: Session, limit: int, cursor: str | None) -> Paged[Person]:
    """Give one page of all people, by the name that they sign in by."""
    return paged(session, sa.select(Person).order_by(Person.login, Person.id), limit, cursor)


def enabled(session: Session) -> dict[str, str]:
    """The names of those who may sign in, by their ids."""
    found = sa.select(Person.id, Person.name).where(Person.disabled_at.is_(None))
    return dict(session.execute(found).all())


def names(session: Session, person_ids: SomeOf[str]) -> dict[str, str]:
    """The names of some people, disabled ones included."""
    found = sa.select(Person.id, Person.name).where(Person.id.in_(person_ids))
    return dict(session.execute(found).all())


def replace_link(session: Session, link: PasswordLink) -> None:
    """Keep a link; earlier ones of the same person are void."""
    drop_links(session, link.person_id)
    session.add(link)


def drop_links(session: Session, person_id: str) -> None:
    """Make every link of a person void."""
    session.execute(sa.delete(PasswordLink).where(PasswordLink.person_id == person_id))


def holder_of_link(session: Session, secret_sha256: str) -> str | None:
    """The id of the person whose link this is, if it is still good."""
    good = sa.select(PasswordLink.person_id).where(
        PasswordLink.secret_sha256 == secret_sha256, PasswordLink.expires_at > now()
    )
    return session.scalar(good)
