"""Those who act at the desk, by the id that records carry: holders of keys, and people who sign in."""

from collections.abc import Collection as SomeOf

from sqlalchemy.orm import Session

from app.db import keys, people


def holders(session: Session) -> dict[str, str]:
    """The names of those who may act now, by their ids; machines and partners are not among them."""
    return keys.holders(session) | people.enabled(session)


def names(session: Session, ids: SomeOf[str]) -> dict[str, str]:
    """The names of some who act or acted, those who may no more included."""
    return keys.names(session, ids) | people.names(session, ids)
