"""What is left of purged items, and how far each purge is."""

import hashlib
import secrets
from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now, stored_enum
from app.db.session import exclusively
from app.schemas.privacy_enums import PurgeAuthority, PurgeStep

_SALT_BYTES = 32


class Tombstone(Table):
    """One purged item; its bytes' hash is kept until they are gone, or to recognise them again."""

    __tablename__ = "tombstones"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    purged_at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[str]
    by_role: Mapped[str]
    authority: Mapped[PurgeAuthority] = mapped_column(stored_enum(PurgeAuthority))
    reason: Mapped[str] = mapped_column(sa.Text)
    keep_fingerprint: Mapped[bool] = mapped_column(default=False)
    keep_reason: Mapped[str | None] = mapped_column(sa.Text)
    step: Mapped[PurgeStep] = mapped_column(stored_enum(PurgeStep), default=PurgeStep.ORDERED)


class Salt(Table):
    """The desk's one secret behind the digests of purged contents: nobody else can try hashes."""

    __tablename__ = "purge_salt"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    salt: Mapped[str] = mapped_column(sa.String(64))


def find(session: Session, media_id: str) -> Tombstone | None:
    """What is left of an item, if it was purged."""
    return session.get(Tombstone, media_id)


def locked(session: Session, media_id: str) -> Tombstone | None:
    """What is left of an item, if it was purged; its row is locked until the commit."""
    return session.get(Tombstone, media_id, with_for_update=True, populate_existing=True)


def salt(session: Session) -> str | None:
    """The desk's salt as hex; None before its first purge."""
    return session.scalar(sa.select(Salt.salt))


def make_salt(session: Session) -> str:
    """The desk's salt as hex, made at its first purge."""
    exclusively(session, "purge salt")
    kept = salt(session)
    if kept is None:
        kept = secrets.token_hex(_SALT_BYTES)
        session.add(Salt(salt=kept))
        session.flush()
    return kept


def digest(salted_with: str, sha256: str) -> str:
    """The digest by which a purged content is known: SHA-256 of salt and hash, in hex."""
    return hashlib.sha256(bytes.fromhex(salted_with) + sha256.encode()).hexdigest()


def of_content(session: Session, sha256: str) -> Tombstone | None:
    """The last purge of a content, if it was purged before."""
    salted_with = salt(session)
    if salted_with is None:
        return None
    found = sa.select(Tombstone).where(Tombstone.digest == digest(salted_with, sha256))
    return session.scalar(found.order_by(Tombstone.purged_at.desc()).limit(1))


def unfinished(session: Session) -> list[str]:
    """The items whose purge has not come to its end, first ordered first."""
    found = sa.select(Tombstone.media_id).where(Tombstone.step != PurgeStep.DONE)
    return list(session.scalars(found.order_by(Tombstone.purged_at, Tombstone.media_id)))


def recognised(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that were purged but are still to be recognised."""
    found = sa.select(Tombstone.media_id)
    kept = sa.and_(Tombstone.media_id.in_(media_ids), Tombstone.keep_fingerprint)
    return set(session.scalars(found.where(kept)))


def purged_among(session: Session, media_ids: SomeOf[str]) -> set[str]:
    """Those of some items that were purged."""
    found = sa.select(Tombstone.media_id).where(Tombstone.media_id.in_(media_ids))
    return set(session.scalars(found))


def digests(session: Session) -> set[str]:
    """The digests of all contents that were purged."""
    return set(session.scalars(sa.select(Tombstone.digest)))
