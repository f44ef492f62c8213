"""The log of what became known material and what ceased to be: what the search index follows."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Sequence, Table, now, stored_enum


class KnownChange(StrEnum):
    """What an entry says."""

    ADDED = "added"
    REMOVED = "removed"


class KnownLogEntry(Table):
    """One change; `seq` is drawn in commit order (`session.in_commit_order`)."""

    __tablename__ = "known_log"

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    fingerprint_number: Mapped[int] = mapped_column(
        sa.ForeignKey("fingerprints.number", ondelete="CASCADE"), index=True
    )
    change: Mapped[KnownChange] = mapped_column(stored_enum(KnownChange))
    at: Mapped[datetime] = mapped_column(default=now)
