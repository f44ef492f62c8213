"""Names and numbers that must not leave the house with an item."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now


class RestrictedTerm(Table):
    """One name, card number or the like of somebody whom an item shows."""

    __tablename__ = "restricted_terms"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    by_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


def of_media(session: Session, media_id: str) -> list[str]:
    """An item's restricted terms, in alphabetical order."""
    found = sa.select(RestrictedTerm.term).where(RestrictedTerm.media_id == media_id)
    return sorted(session.scalars(found))


def replace(session: Session, media_id: str, terms: Sequence[str], by_id: str) -> None:
    """Put these terms in place of an item's; one that stays keeps its date."""
    there = set(of_media(session, media_id))
    own = RestrictedTerm.media_id == media_id
    session.execute(sa.delete(RestrictedTerm).where(own, RestrictedTerm.term.not_in(terms)))
    new = set(terms) - there
    session.add_all(RestrictedTerm(media_id=media_id, term=each, by_id=by_id) for each in new)
    session.flush()
