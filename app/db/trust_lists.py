"""The trust lists that an administrator imported; removed ones stay, for readings name them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.provenance.values import TrustListKind
from app.db.base import Table, new_id, now, stored_enum
from app.db.paging import Paged, paged


class StoredTrustList(Table):
    """One list as it was imported: never changed, only removed."""

    __tablename__ = "trust_lists"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(index=True)
    kind: Mapped[TrustListKind] = mapped_column(stored_enum(TrustListKind))
    dated: Mapped[date | None]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    authorities: Mapped[list[str]]
    pem: Mapped[str] = mapped_column(sa.Text)
    imported_at: Mapped[datetime] = mapped_column(default=now)
    imported_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]


def find(session: Session, list_id: str) -> StoredTrustList | None:
    """The list with this id, removed or not."""
    return session.get(StoredTrustList, list_id)


def in_force(session: Session) -> list[StoredTrustList]:
    """The lists that signers are looked up in, by name."""
    lists = sa.select(StoredTrustList).where(StoredTrustList.removed_at.is_(None))
    return list(session.scalars(lists.order_by(StoredTrustList.name)))


def revision(session: Session) -> int:
    """A number that grows with each import and each removal."""
    count = sa.func.count(StoredTrustList.id) + sa.func.count(StoredTrustList.removed_at)
    return session.scalar(sa.select(count)) or 0


def page(session: Session, limit: int, cursor: str | None) -> Paged[StoredTrustList]:
    """One page of all lists, the one imported last first."""
    newest = (StoredTrustList.imported_at.desc(), StoredTrustList.id.desc())
    return paged(session, sa.select(StoredTrustList).order_by(*newest), limit, cursor)
