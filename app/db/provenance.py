"""What was read of each item's provenance: one current reading an item."""

from collections.abc import Collection as SomeOf
from datetime import datetime
from itertools import batched
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.provenance.values import CredentialState
from app.db.base import ROWS_A_STATEMENT, Table, now, stored_enum
from app.db.media import Media
from app.schemas.enums import MediaState

VALID = (
    CredentialState.VALID_UNTRUSTED,
    CredentialState.VALID_MIXED,
    CredentialState.TRUSTED,
)
"""The states of credentials that hold, the least that they can be worth first."""
JUDGED = (*VALID, CredentialState.INVALID)
"""The states that another trust list can change: a time stamp can outlive a certificate."""


class ProvenanceReading(Table):
    """What one reader read of one item, under the trust lists of one revision.

    `manifest_id` is the active manifest's, unless it is longer than an identifier may be here;
    `evidenced` are the dates that the file itself gives evidence of (see `services.dating`).
    """

    __tablename__ = "provenance_readings"

    media_id: Mapped[str] = mapped_column(
        sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True
    )
    reader: Mapped[str]
    lists_revision: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[CredentialState] = mapped_column(stored_enum(CredentialState), index=True)
    lists: Mapped[list[str]]
    detail: Mapped[str | None] = mapped_column(sa.Text)
    ai_disclosed: Mapped[bool | None]
    report: Mapped[dict[str, Any]]
    manifest_id: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    shape: Mapped[str | None] = mapped_column(sa.Text)
    shape_sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    metadata_values: Mapped[list[dict[str, Any]]]
    failures: Mapped[dict[str, Any]]
    pictures: Mapped[list[dict[str, Any]]]
    hints: Mapped[list[str]]
    evidenced: Mapped[list[dict[str, Any]]]


def of_media(session: Session, media_id: str) -> ProvenanceReading | None:
    """The item's current reading; None before its first."""
    return session.get(ProvenanceReading, media_id)


def is_current(session: Session, media_id: str, reader: str, revision: int) -> bool:
    """Whether nothing new would be read of an item."""
    stale = sa.select(Media.id).where(Media.id == media_id, _stale(reader, revision))
    return session.scalar(stale.outerjoin(ProvenanceReading)) is None


def next_stale(session: Session, reader: str, revision: int, after: str) -> str | None:
    """The first item behind `after` that is at its end and must be read, or read again."""
    ended = Media.state.in_((MediaState.READY, MediaState.FAILED))
    wanted = sa.select(Media.id).outerjoin(ProvenanceReading).where(ended, Media.id > after)
    return session.scalar(wanted.where(_stale(reader, revision)).order_by(Media.id).limit(1))


def _stale(reader: str, revision: int) -> sa.ColumnElement[bool]:
    mine = ProvenanceReading
    # An error may have passed, too.
    changing = mine.state.in_((*JUDGED, CredentialState.ERROR))
    behind = sa.and_(changing, mine.lists_revision < revision)
    return sa.or_(mine.media_id.is_(None), mine.reader != reader, behind)


def of_same_shape(session: Session, shape_sha256: str, without: str) -> int:
    """How many other items are built of the same boxes."""
    mine = ProvenanceReading
    alike = sa.and_(mine.shape_sha256 == shape_sha256, mine.media_id != without)
    return session.scalar(sa.select(sa.func.count()).where(alike)) or 0


def with_valid(session: Session, media_ids: SomeOf[str]) -> dict[str, ProvenanceReading]:
    """The readings of those of some items whose credentials are valid."""
    mine = ProvenanceReading
    found: dict[str, ProvenanceReading] = {}
    for some in batched(media_ids, ROWS_A_STATEMENT):
        rows = sa.select(mine).where(mine.media_id.in_(some), mine.state.in_(VALID))
        found |= {row.media_id: row for row in session.scalars(rows)}
    return found


def with_manifest(session: Session, manifest_id: str) -> list[str]:
    """The items whose valid credentials have this active manifest and are worth most, first come first.

    A signer calls a manifest what they like, also what another's is called.
    """
    mine = ProvenanceReading
    wanted = sa.and_(
        mine.manifest_id == manifest_id, mine.state.in_(VALID), Media.state != MediaState.PURGED
    )
    found = sa.select(Media.id, mine.state).join(mine, mine.media_id == Media.id).where(wanted)
    holders = session.execute(found.order_by(Media.received_at, Media.id)).all()
    most = max((VALID.index(state) for _, state in holders), default=0)
    return [media_id for media_id, state in holders if state is VALID[most]]
