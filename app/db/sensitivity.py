"""What items show that takes care, who said so, and whether a person has looked for it."""

from collections import defaultdict
from collections.abc import Collection as SomeOf
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now, stored_enum
from app.schemas.privacy_enums import FlagBasis, SensitivityFlag


class StoredFlag(Table):
    """One flag of one item; `time_ranges` says where in it, none meaning anywhere."""

    __tablename__ = "sensitivity_flags"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    flag: Mapped[SensitivityFlag] = mapped_column(stored_enum(SensitivityFlag), primary_key=True)
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    basis: Mapped[FlagBasis] = mapped_column(stored_enum(FlagBasis))
    time_ranges: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)


class SensitivityReview(Table):
    """That a person looked at an item with its flags in mind; no row: nobody has yet."""

    __tablename__ = "sensitivity_reviews"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class SensitiveView(Table):
    """The last time that a key's reading of an item's file was put into the audit chain."""

    __tablename__ = "sensitive_views"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    actor_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Marked:
    """An item's flags, and whether a person has looked."""

    flags: frozenset[SensitivityFlag] = frozenset()
    reviewed: bool = False


def flags(session: Session, media_id: str) -> list[StoredFlag]:
    """An item's flags, by name."""
    found = sa.select(StoredFlag).where(StoredFlag.media_id == media_id)
    return list(session.scalars(found.order_by(StoredFlag.flag)))


def flags_of(session: Session, media_ids: SomeOf[str]) -> dict[str, frozenset[SensitivityFlag]]:
    """The flags of some items; one without is not among the keys."""
    found: dict[str, set[SensitivityFlag]] = defaultdict(set)
    rows = sa.select(StoredFlag.media_id, StoredFlag.flag)
    for media_id, flag in session.execute(rows.where(StoredFlag.media_id.in_(media_ids))):
        found[media_id].add(flag)
    return {media_id: frozenset(names) for media_id, names in found.items()}


def marked(session: Session, media_ids: SomeOf[str]) -> dict[str, Marked]:
    """Flags and reviews of some items, an entry for each."""
    of = flags_of(session, media_ids)
    rows = sa.select(SensitivityReview.media_id)
    looked = set(session.scalars(rows.where(SensitivityReview.media_id.in_(media_ids))))
    return {each: Marked(of.get(each, frozenset()), each in looked) for each in media_ids}


def review_of(session: Session, media_id: str) -> SensitivityReview | None:
    """That a person looked at an item, if somebody did."""
    return session.get(SensitivityReview, media_id)


def last_view(session: Session, media_id: str, actor_id: str) -> SensitiveView | None:
    """When a key's reading of an item's file was last put into the chain."""
    return session.get(SensitiveView, (media_id, actor_id))
