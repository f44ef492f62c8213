"""How far each item was searched."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, now


class MatchSearch(Table):
    """How far one item was searched: among `known_items` known items, up to log entry `as_of_seq`.

    An item is behind when a later entry added something, and is then searched again (`db.rechecks`),
    unless it is `settled`. Known material is, once it was searched up to where it became known:
    whatever becomes known after it finds it by its own search, or unsettles it (`services.known`).
    With `missed_after`, what was added after that entry could not all be searched. An upload was
    searched among so many other `uploads`, too; None says that the item was no upload then.
    """

    __tablename__ = "match_searches"
    __table_args__ = (sa.Index("ix_match_searches_behind", "settled", "as_of_seq"),)

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    known_items: Mapped[int]
    not_comparable: Mapped[int] = mapped_column(default=0)
    uploads: Mapped[int | None]
    uploads_not_comparable: Mapped[int] = mapped_column(default=0)
    as_of_seq: Mapped[int] = mapped_column(sa.BigInteger)
    settled: Mapped[bool] = mapped_column(default=False)
    missed_after: Mapped[int | None] = mapped_column(sa.BigInteger)
    searched_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def incomplete(self) -> bool:
        """Whether something that became known since could not be searched."""
        return self.missed_after is not None


def of_media(session: Session, media_id: str) -> MatchSearch | None:
    """How far an item was searched; None before its first search."""
    return session.get(MatchSearch, media_id)


def unsettle(session: Session, media_id: str, seq: int) -> None:
    """Let an item that is settled be searched in all known material again, as of entry `seq`."""
    missed = sa.func.coalesce(MatchSearch.missed_after, MatchSearch.as_of_seq)
    mine = sa.update(MatchSearch).where(MatchSearch.media_id == media_id, MatchSearch.settled)
    session.execute(mine.values(settled=False, missed_after=missed, as_of_seq=seq))


def unsettle_before(session: Session, seq: int) -> None:
    """Let all items that were settled before entry `seq` be searched for what that entry added."""
    before = sa.update(MatchSearch).where(MatchSearch.settled, MatchSearch.as_of_seq < seq)
    session.execute(before.values(settled=False, as_of_seq=seq - 1))


def record(session: Session, search: MatchSearch) -> None:
    """Say how far an item was searched, in place of what was said before."""
    search.searched_at = now()
    session.merge(search)
