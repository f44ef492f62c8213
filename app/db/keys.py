"""API keys: a public id and the hash of a secret; the secret itself is never stored."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access import Role
from app.db.base import Table, now, stored_enum
from app.db.paging import Paged, paged


class ApiKey(Table):
    """One key; `id` is the public part that its holder's requests carry."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    scopes: Mapped[list[str]]
    secret_sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


def find(session: Session, key_id: str) -> ApiKey | None:
    """The key with this public id, if there is one."""
    return session.get(ApiKey, key_id)


def any_exists(session: Session) -> bool:
    """Whether the desk has a key at all."""
    return session.scalar(sa.select(ApiKey.id).limit(1)) is not None


def page(session: Session, limit: int, cursor: str | None) -> Paged[ApiKey]:
    """Give one page of all keys, newest first."""
    statement = sa.select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)
    return paged(session, statement, limit, cursor)


def holders(session: Session) -> dict[str, str]:
    """The names of those whose keys are valid, by the keys' ids; machines and partners are not among them."""
    valid = sa.select(ApiKey.id, ApiKey.name).where(
        ApiKey.revoked_at.is_(None),
        ApiKey.role.not_in((Role.SERVICE, Role.PARTNER)),
        sa.or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now()),
    )
    return dict(session.execute(valid).all())


def names(session: Session, key_ids: SomeOf[str]) -> dict[str, str]:
    """The names of some keys, revoked ones included."""
    found = session.execute(sa.select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(key_ids)))
    return dict(found.all())


def touch(session: Session, key_id: str) -> None:
    """Note that a key was used just now."""
    session.execute(sa.update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now()))
