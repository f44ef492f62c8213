"""Others' hashes, a row each: of pictures, of frames of videos, of files. Withdrawn ones are skipped."""

from collections.abc import Collection as SomeOf
from collections.abc import Sequence as InOrder
from dataclasses import asdict
from datetime import datetime
from itertools import batched
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.exchange.listed_hashes import LEAST_QUALITY, HashKind
from app.core.exchange.listed_hashes import ListedHash as Hash
from app.db.base import NEVER_REUSED, ROWS_A_STATEMENT, Sequence, Table, now, stored_enum

PICTURES = (HashKind.PDQ, HashKind.VPDQ)


class ListedHash(Table):
    """One hash of one list; `number` grows in the order of commits. `entry` is what it is of."""

    __tablename__ = "listed_hashes"
    __table_args__ = (
        sa.UniqueConstraint("list_id", "kind", "entry", "bits"),
        sa.Index("ix_listed_hashes_bits", "bits"),
        sa.Index("ix_listed_hashes_list_id_entry", "list_id", "entry"),
        NEVER_REUSED,
    )

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    list_id: Mapped[str] = mapped_column(sa.ForeignKey("hash_lists.id"))
    kind: Mapped[HashKind] = mapped_column(stored_enum(HashKind))
    entry: Mapped[str]
    bits: Mapped[bytes] = mapped_column(sa.LargeBinary)
    quality: Mapped[int | None]
    at_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    label: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class Kept(NamedTuple):
    """What is to know of a hash before its entry is changed."""

    number: int
    entry: str
    kind: HashKind
    bits: bytes
    label: str | None
    withdrawn: bool


def add(session: Session, list_id: str, hashes: InOrder[Hash]) -> int:
    """Add those hashes that the list lacks; how many. The caller has `in_commit_order`."""
    made = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [{"list_id": list_id, **asdict(each)} for each in hashes]
    if not rows:
        return 0
    statement = made.insert(ListedHash).on_conflict_do_nothing()
    before = last_number(session)
    # One statement for many rows, not one of many values, which would be compiled each time anew.
    session.connection().execute(statement, rows)
    new = sa.select(sa.func.count()).select_from(ListedHash).where(ListedHash.number > before)
    return session.scalar(new) or 0


def last_number(session: Session) -> int:
    """The number of the newest hash of all; 0 before the first."""
    return session.scalar(sa.select(sa.func.max(ListedHash.number))) or 0


def pictures_after(session: Session, number: int, limit: int) -> list[tuple[int, bytes]]:
    """The next PDQ hashes of sufficient quality, of pictures and of frames: number and bits."""
    usable = sa.or_(ListedHash.quality.is_(None), ListedHash.quality >= LEAST_QUALITY)
    found = (
        sa.select(ListedHash.number, ListedHash.bits)
        .where(ListedHash.number > number, ListedHash.kind.in_(PICTURES), usable)
        .order_by(ListedHash.number)
        .limit(limit)
    )
    return [(row.number, row.bits) for row in session.execute(found)]


def numbered(session: Session, numbers: SomeOf[int]) -> dict[int, ListedHash]:
    """Those of some hashes that are not withdrawn."""
    found: dict[int, ListedHash] = {}
    for some in batched(numbers, ROWS_A_STATEMENT):
        wanted = sa.and_(ListedHash.number.in_(some), ListedHash.withdrawn_at.is_(None))
        rows = session.scalars(sa.select(ListedHash).where(wanted))
        found |= {row.number: row for row in rows}
    return found


def equal(session: Session, bits: SomeOf[bytes], after: int) -> list[ListedHash]:
    """The hashes of files that are one of `bits`, of those with numbers beyond `after`."""
    wanted = sa.and_(
        ListedHash.bits.in_(bits),
        ListedHash.kind.not_in(PICTURES),
        ListedHash.number > after,
        ListedHash.withdrawn_at.is_(None),
    )
    return list(session.scalars(sa.select(ListedHash).where(wanted).order_by(ListedHash.number)))


def frames(session: Session, list_id: str, entry: str) -> list[bytes]:
    """The usable hashes of one listed video."""
    usable = sa.or_(ListedHash.quality.is_(None), ListedHash.quality >= LEAST_QUALITY)
    video = sa.and_(
        ListedHash.list_id == list_id,
        ListedHash.kind == HashKind.VPDQ,
        ListedHash.entry == entry,
        ListedHash.withdrawn_at.is_(None),
    )
    return list(session.scalars(sa.select(ListedHash.bits).where(video, usable)))


def of_entries(session: Session, list_id: str, entries: SomeOf[str]) -> list[Kept]:
    """What a list has of some entries, withdrawn hashes too."""
    columns = (
        *(ListedHash.number, ListedHash.entry, ListedHash.kind, ListedHash.bits),
        *(ListedHash.label, ListedHash.withdrawn_at.is_not(None)),
    )
    found: list[Kept] = []
    for some in batched(entries, ROWS_A_STATEMENT):
        wanted = sa.and_(ListedHash.list_id == list_id, ListedHash.entry.in_(some))
        found += [Kept(*row) for row in session.execute(sa.select(*columns).where(wanted))]
    return found


def say(session: Session, numbers: SomeOf[int], label: str) -> None:
    """Say of some hashes what their list says of them now."""
    for some in batched(numbers, ROWS_A_STATEMENT):
        wanted = ListedHash.number.in_(some)
        session.execute(sa.update(ListedHash).where(wanted).values(label=label))


def withdraw(session: Session, numbers: SomeOf[int]) -> None:
    """Take some hashes out of what is compared."""
    for some in batched(numbers, ROWS_A_STATEMENT):
        wanted = ListedHash.number.in_(some)
        session.execute(sa.update(ListedHash).where(wanted).values(withdrawn_at=now()))


def remove(session: Session, numbers: SomeOf[int]) -> None:
    """Forget some hashes, so that they can come back as new ones."""
    for some in batched(numbers, ROWS_A_STATEMENT):
        session.execute(sa.delete(ListedHash).where(ListedHash.number.in_(some)))


def count_between(session: Session, list_id: str, after: int, until: int) -> int:
    """How many hashes of a list have these numbers and are not withdrawn."""
    within = sa.and_(
        ListedHash.list_id == list_id,
        ListedHash.number > after,
        ListedHash.number <= until,
        ListedHash.withdrawn_at.is_(None),
    )
    return session.scalar(sa.select(sa.func.count()).select_from(ListedHash).where(within)) or 0
