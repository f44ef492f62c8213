"""What the desk may do with an item's footage: each state it was in, and on which terms."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.db.verifications import HistoryEntry
from app.schemas.enums import HistoryAction
from app.schemas.record_enums import RightsState


class RightsEntry(Table):
    """One state of the rights; the newest holds. The record repeats its `state` for lists."""

    __tablename__ = "rights_entries"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("verifications.media_id"), index=True)
    state: Mapped[RightsState] = mapped_column(stored_enum(RightsState))
    terms: Mapped[str | None] = mapped_column(sa.Text)
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


def newest(session: Session, media_id: str) -> RightsEntry | None:
    """What holds now; None while nobody has said anything.

    The record's history says which came last: a clock that was set back does not.
    """
    told = sa.and_(
        HistoryEntry.media_id == media_id,
        HistoryEntry.action == HistoryAction.RIGHTS_CHANGED,
        HistoryEntry.details["rights_id"].as_string() == RightsEntry.id,
    )
    statement = sa.select(RightsEntry).outerjoin(HistoryEntry, told)
    statement = statement.where(RightsEntry.media_id == media_id)
    # A purge takes what the history told: then the clock has to do.
    last_first = (HistoryEntry.version.desc().nulls_last(), RightsEntry.at.desc(), RightsEntry.id)
    return session.scalar(statement.order_by(*last_first).limit(1))
