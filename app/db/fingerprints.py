"""Fingerprints, one row per item and algorithm, in the core's own encoding."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.db.base import Sequence, Table, now


class StoredFingerprint(Table):
    """One item's fingerprint; `number` identifies it in the search index."""

    __tablename__ = "fingerprints"
    __table_args__ = (sa.UniqueConstraint("media_id", "algorithm"),)

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"))
    algorithm: Mapped[str]
    frames: Mapped[int]
    encoded: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    created_at: Mapped[datetime] = mapped_column(default=now)
