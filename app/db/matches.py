"""Found matches, one row per pair of items, and how far each item was searched."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.policy import Grade, Relation
from app.db.base import Table, new_id, now, stored_enum
from app.schemas.enums import MatchFound, ReviewDecision


class StoredMatch(Table):
    """One pair: a query item and a known item that share footage or sound."""

    __tablename__ = "matches"
    __table_args__ = (sa.UniqueConstraint("query_media_id", "known_media_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    query_media_id: Mapped[str] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"))
    known_media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), index=True
    )
    relation: Mapped[Relation] = mapped_column(stored_enum(Relation))
    grade: Mapped[Grade] = mapped_column(stored_enum(Grade))
    confidence: Mapped[float]
    coverage_query: Mapped[float]
    coverage_known: Mapped[float]
    segments: Mapped[list[dict[str, Any]]]
    evidence: Mapped[list[dict[str, Any]]]
    algorithm: Mapped[str]
    engine_version: Mapped[str]
    found: Mapped[MatchFound] = mapped_column(stored_enum(MatchFound))
    found_at: Mapped[datetime] = mapped_column(default=now)
    decision: Mapped[ReviewDecision | None] = mapped_column(stored_enum(ReviewDecision))
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class MatchSearch(Table):
    """How far one item was searched: against how many known items, as of which log entry."""

    __tablename__ = "match_searches"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    known_items: Mapped[int]
    as_of_seq: Mapped[int] = mapped_column(sa.BigInteger)
    searched_at: Mapped[datetime] = mapped_column(default=now)
