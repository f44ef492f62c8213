"""Which class of retention each item is in, since when, and which are due."""

from collections.abc import Collection as SomeOf
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, UtcDateTime, now, stored_enum
from app.db.collections import CollectionMember
from app.db.matches import StoredMatch
from app.db.media import Media, Receipt
from app.db.paging import Paged, paged
from app.db.publications import Publication
from app.db.verifications import HistoryEntry, Verification
from app.schemas.enums import HistoryAction, MediaState, ReviewDecision, VerificationStatus
from app.schemas.privacy_enums import RetentionClass


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
    over = [sa.and_(_class() == name.value, _since() <= at) for name, at in cutoffs.items()]
    statement = sa.select(Media).where(Media.state != MediaState.PURGED, sa.or_(sa.false(), *over))
    return paged(session, statement.order_by(Media.received_at, Media.id), limit, cursor)


def _class() -> sa.ColumnElement[str]:
    by_hand = sa.select(SetClass.retention_class).where(SetClass.media_id == Media.id)
    is_known = sa.exists().where(CollectionMember.media_id == Media.id)
    status = sa.select(Verification.status).where(Verification.media_id == Media.id)
    vouched = sa.exists().where(
        sa.or_(StoredMatch.query_media_id == Media.id, StoredMatch.known_media_id == Media.id),
        StoredMatch.decision.in_((ReviewDecision.CONFIRMED, ReviewDecision.RELATED)),
    )
    concluded = sa.cast(status.scalar_subquery(), sa.String)
    derived = sa.case(
        (is_known, RetentionClass.KNOWN_ARCHIVE.value),
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
