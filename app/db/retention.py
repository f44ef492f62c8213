"""Which class of retention each item is in, since when, and which are due."""

from collections.abc import Collection as SomeOf
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.db.base import Table, UtcDateTime, now, stored_enum
from app.db.collections import CollectionMember
from app.db.matches import StoredMatch
from app.db.media import Media, Receipt
from app.db.paging import Paged, paged
from app.db.publications import Publication
from app.db.verifications import HistoryEntry, Verification
from app.schemas.enums import HistoryAction, MediaState, ReviewDecision, VerificationStatus
from app.schemas.privacy_enums import RetentionClass

_SIDES = (StoredMatch.query_media_id, StoredMatch.known_media_id)


class SetClass(Table):
    """A class that somebody gave an item by hand; it goes before what follows from its state."""

    __tablename__ = "retention_classes"

    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id"), primary_key=True)
    retention_class: Mapped[RetentionClass] = mapped_column(stored_enum(RetentionClass))
    reason: Mapped[str] = mapped_column(sa.Text)
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True, slots=True)
class Kept:
    """Why an item is kept, since when its time runs, and whether the public reads a review of it."""

    retention_class: RetentionClass
    since: datetime
    by_hand: bool
    is_public: bool


def clear(session: Session, media_id: str) -> None:
    """Let an item's class follow from its state again."""
    session.execute(sa.delete(SetClass).where(SetClass.media_id == media_id))


def of(session: Session, media_ids: SomeOf[str]) -> dict[str, Kept]:
    """Why some items are kept, since when, and what is public; an entry for each that exists."""
    rows = session.execute(
        sa.select(Media.id, _class(), _since(), _set_by_hand(), _is_public()).where(
            Media.id.in_(media_ids)
        )
    )
    return {
        media_id: Kept(RetentionClass(name), since, bool(by_hand), bool(is_public))
        for media_id, name, since, by_hand, is_public in rows
    }


def due(
    session: Session,
    cutoffs: Mapping[RetentionClass, datetime],
    limit: int,
    cursor: str | None,
) -> Paged[Media]:
    """One page of the items of some classes whose time began before the class's cut-off."""
    over = [each for name, at in cutoffs.items() for each in _due_of(name, at)]
    is_due = Media.id.in_(sa.union_all(*over)) if over else sa.false()
    statement = sa.select(Media).where(Media.state != MediaState.PURGED, is_due)
    return paged(session, statement.order_by(Media.received_at, Media.id), limit, cursor)


def _due_of(name: RetentionClass, at: datetime) -> Iterator[sa.Select[str]]:
    """The items of a class whose time began by then, as `_class` and `_since` say it of one item.

    Said of all items at once: of a large archive each of those would be asked for one by one.
    """
    begun = sa.select(Media.id).where(
        Media.received_at <= at,
        ~sa.exists().where(Receipt.media_id == Media.id, Receipt.received_at > at),
        ~sa.exists().where(
            HistoryEntry.media_id == Media.id,
            HistoryEntry.action == HistoryAction.STATUS_CHANGED,
            HistoryEntry.at > at,
        ),
        ~sa.exists().where(SetClass.media_id == Media.id, SetClass.set_at > at),
    )
    by_hand = sa.select(SetClass.media_id).where(SetClass.retention_class == name)
    yield begun.where(Media.id.in_(by_hand))
    follows = begun.where(~_set_by_hand())
    if name is RetentionClass.KNOWN_ARCHIVE:
        yield follows.where(Media.id.in_(sa.select(CollectionMember.media_id)))
        return
    new, void = VerificationStatus.UNREVIEWED, VerificationStatus.VOID
    follows, records = follows.where(~_is_known()), sa.select(Verification.media_id)
    if name is RetentionClass.VOID:
        yield follows.where(Media.id.in_(records.where(Verification.status == void)))
    elif name is RetentionClass.USED:
        yield follows.where(Media.id.in_(records.where(Verification.status.not_in((new, void)))))
        for side in _SIDES:
            yield follows.where(~_is_at(Verification.status == void), _is_vouched(side))
    else:
        yield follows.where(
            ~_is_at(Verification.status != new), *(~_is_vouched(side) for side in _SIDES)
        )


def _is_known() -> sa.ColumnElement[bool]:
    return sa.exists().where(CollectionMember.media_id == Media.id)


def _is_at(wanted: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Verification.media_id == Media.id, wanted)


def _is_vouched(side: InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
    vouching = (ReviewDecision.CONFIRMED, ReviewDecision.RELATED)
    return sa.exists().where(side == Media.id, StoredMatch.decision.in_(vouching))


def _class() -> sa.ColumnElement[str]:
    by_hand = sa.select(SetClass.retention_class).where(SetClass.media_id == Media.id)
    status = sa.select(Verification.status).where(Verification.media_id == Media.id)
    vouched = sa.or_(*(_is_vouched(side) for side in _SIDES))
    concluded = sa.cast(status.scalar_subquery(), sa.String)
    derived = sa.case(
        (_is_known(), RetentionClass.KNOWN_ARCHIVE.value),
        (concluded == VerificationStatus.VOID.value, RetentionClass.VOID.value),
        (concluded != VerificationStatus.UNREVIEWED.value, RetentionClass.USED.value),
        (vouched, RetentionClass.USED.value),
        else_=RetentionClass.UNUSED_UGC.value,
    )
    return sa.func.coalesce(sa.cast(by_hand.scalar_subquery(), sa.String), derived)


def _since() -> sa.ColumnElement[datetime]:
    """The last arrival, change of status or class set by hand, whichever came last."""
    arrivals = sa.select(sa.func.max(Receipt.received_at)).where(Receipt.media_id == Media.id)
    moves = sa.select(sa.func.max(HistoryEntry.at)).where(
        HistoryEntry.media_id == Media.id, HistoryEntry.action == HistoryAction.STATUS_CHANGED
    )
    by_hand = sa.select(SetClass.set_at).where(SetClass.media_id == Media.id)
    arrived = sa.func.coalesce(arrivals.scalar_subquery(), Media.received_at)
    moved = sa.func.coalesce(moves.scalar_subquery(), arrived)
    given = sa.func.coalesce(by_hand.scalar_subquery(), arrived)
    latest = sa.case((moved > arrived, moved), else_=arrived)
    return sa.type_coerce(sa.case((given > latest, given), else_=latest), UtcDateTime())


def _set_by_hand() -> sa.ColumnElement[bool]:
    return sa.exists().where(SetClass.media_id == Media.id)


def _is_public() -> sa.ColumnElement[bool]:
    mine = sa.and_(Publication.media_id == Media.id, Publication.tombstoned_at.is_(None))
    return sa.exists().where(mine)
