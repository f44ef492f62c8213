"""Fact checks that others published: their claim and verdict, and where what they review appeared."""

import hashlib
from collections.abc import Collection as SomeOf
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now
from app.db.media import Receipt
from app.db.media_lists import folded
from app.db.paging import Paged, paged


class FactCheck(Table):
    """One published fact check, as the feed that brought it last has it."""

    __tablename__ = "fact_checks"
    __table_args__ = (sa.Index("ix_fact_checks_newest", "imported_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    # Its address and claim, hashed: what makes it the same in another feed or version.
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[str]
    url: Mapped[str | None] = mapped_column(sa.Text)
    claim: Mapped[str | None] = mapped_column(sa.Text)
    verdict: Mapped[str | None] = mapped_column(sa.Text)
    author: Mapped[str | None] = mapped_column(sa.Text)
    author_url: Mapped[str | None] = mapped_column(sa.Text)
    published_at: Mapped[str | None]
    links: Mapped[list[str]]
    search_text: Mapped[str] = mapped_column(sa.Text, default="", deferred=True)
    imported_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class FactCheckLink(Table):
    """An address of what a fact check reviews, as `key_of` writes it."""

    __tablename__ = "fact_check_links"

    fact_check_id: Mapped[str] = mapped_column(
        sa.ForeignKey("fact_checks.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)


class FactCheckMedia(Table):
    """An item that came with a fact check."""

    __tablename__ = "fact_check_media"

    fact_check_id: Mapped[str] = mapped_column(
        sa.ForeignKey("fact_checks.id", ondelete="CASCADE"), primary_key=True
    )
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True, index=True)


def key_of(url: str) -> str:
    """One key for all spellings of an address: http or https, `www.`, a slash or fragment at its end."""
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.casefold().removeprefix("www.")
        same = f"{host}{parts.path.rstrip('/')}?{parts.query}"
    except ValueError:
        same = url
    return hashlib.sha256(same.encode()).hexdigest()


def find(session: Session, fact_check_id: str) -> FactCheck | None:
    """The fact check with this id, if there is one."""
    return session.get(FactCheck, fact_check_id)


def by_digest(session: Session, digest: str) -> FactCheck | None:
    """The fact check of this address and claim, if there is one."""
    return session.scalar(sa.select(FactCheck).where(FactCheck.digest == digest))


def link(session: Session, check: FactCheck) -> None:
    """Let a fact check be found by its words and links as they are now."""
    words = (check.claim, check.verdict, check.author, check.url, *check.links)
    check.search_text = "\n".join(folded(text) for text in words if text)
    own = FactCheckLink.fact_check_id == check.id
    session.execute(sa.delete(FactCheckLink).where(own))
    keys = {key_of(url) for url in (*check.links, *([check.url] if check.url else []))}
    session.add_all(FactCheckLink(fact_check_id=check.id, key=key) for key in keys)
    session.flush()


def attach(session: Session, fact_check_id: str, media_id: str) -> None:
    """Note that an item came with a fact check; it is no error if that is known."""
    session.merge(FactCheckMedia(fact_check_id=fact_check_id, media_id=media_id))
    session.flush()


def page(
    session: Session, words: str | None, url: str | None, limit: int, cursor: str | None
) -> Paged[FactCheck]:
    """One page of the fact checks that hold every word and concern an address, newest first."""
    rows = sa.select(FactCheck)
    for word in folded(words or "").split():
        rows = rows.where(FactCheck.search_text.contains(word, autoescape=True))
    if url:
        rows = rows.where(FactCheck.id.in_(_linked([key_of(url)])))
    newest = (FactCheck.imported_at.desc(), FactCheck.id.desc())
    return paged(session, rows.order_by(*newest), limit, cursor)


def of_media(session: Session, media_id: str, limit: int, cursor: str | None) -> Paged[FactCheck]:
    """One page of the fact checks that an item came with, or that review where it came from."""
    said = sa.select(Receipt.source_url, Receipt.archive_url)
    sources = session.execute(said.where(Receipt.media_id == media_id))
    keys = {key_of(url) for row in sources for url in row if url}
    came = sa.select(FactCheckMedia.fact_check_id).where(FactCheckMedia.media_id == media_id)
    rows = sa.select(FactCheck).where(
        sa.or_(FactCheck.id.in_(came), FactCheck.id.in_(_linked(keys)))
    )
    newest = (FactCheck.imported_at.desc(), FactCheck.id.desc())
    return paged(session, rows.order_by(*newest), limit, cursor)


def media_of(session: Session, fact_check_ids: SomeOf[str]) -> dict[str, list[str]]:
    """The items that came with each of some fact checks; one without any is not among the keys."""
    rows = sa.select(FactCheckMedia.fact_check_id, FactCheckMedia.media_id)
    rows = rows.where(FactCheckMedia.fact_check_id.in_(fact_check_ids))
    found: dict[str, list[str]] = {}
    for check_id, media_id in session.execute(rows.order_by(FactCheckMedia.media_id)):
        found.setdefault(check_id, []).append(media_id)
    return found


def _linked(keys: SomeOf[str]) -> sa.Select[str]:
    return sa.select(FactCheckLink.fact_check_id).where(FactCheckLink.key.in_(keys))
