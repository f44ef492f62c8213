"""An item's way from received to ready or failed: each step once, whoever takes it."""

from collections.abc import Collection as SomeOf
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.media import MediaInfo
from app.db import early_matches
from app.db.base import now
from app.db.media import Media
from app.db.verifications import Verification
from app.schemas.enums import MediaStage, MediaState, VerificationStatus

UNFINISHED = (MediaState.RECEIVED, MediaState.PROCESSING)


def begin(session: Session, media_id: str) -> Media | None:
    """The item, now processing; nothing if it is gone or has come to its end already."""
    item = unfinished(session, media_id)
    if item is not None:
        item.state, item.stage = MediaState.PROCESSING, MediaStage.FINGERPRINTING
    return item


def begin_preview(session: Session, media_id: str) -> Media | None:
    """The item, if it is still to be looked at for the first time."""
    item = _without_preview(session, media_id)
    if item is not None and item.stage is MediaStage.RECEIVED:
        item.stage = MediaStage.PREVIEWING
    return item


def end_preview(session: Session, media_id: str, progress: float) -> bool:
    """Say that an item was looked at; whether this call did so. Its other work goes on."""
    item = _without_preview(session, media_id)
    if item is None:
        return False
    item.previewed_at, item.progress = now(), max(item.progress, progress)
    return True


def _without_preview(session: Session, media_id: str) -> Media | None:
    item = unfinished(session, media_id)
    return item if item is not None and item.previewed_at is None else None


def unfinished(session: Session, media_id: str) -> Media | None:
    """The item if it has not come to its end, kept from others until the commit.

    Matches of other items may point at it meanwhile: two that show each other would wait for ever.
    """
    kept = {"key_share": True}
    item = session.get(Media, media_id, with_for_update=kept, populate_existing=True)
    return item if item is not None and item.state in UNFINISHED else None


def keep_info(item: Media, info: MediaInfo) -> None:
    """Say of an item what its file was read as."""
    item.kind, item.duration_ms = info.kind, info.duration_ms
    item.width, item.height = info.width or None, info.height or None


def show_progress(session: Session, media_id: str, share: float) -> None:
    """Say how much of the work is done; an item at its end is left alone."""
    still_going = sa.and_(
        Media.id == media_id, Media.state == MediaState.PROCESSING, Media.progress < share
    )
    session.execute(sa.update(Media).where(still_going).values(progress=share))


def show_stage(session: Session, media_id: str, stage: MediaStage) -> None:
    """Say what is being done; an item at its end is left alone."""
    still_going = sa.and_(Media.id == media_id, Media.state == MediaState.PROCESSING)
    session.execute(sa.update(Media).where(still_going).values(stage=stage))


def fail(session: Session, media_id: str, failure: dict[str, Any]) -> bool:
    """End the item as failed; whether this call did so."""
    item = unfinished(session, media_id)
    if item is None:
        return False
    item.state, item.failure = MediaState.FAILED, failure
    early_matches.withdraw(session, media_id)
    return True


def finish(session: Session, media_id: str) -> bool:
    """End the item as ready; whether this call did so."""
    item = unfinished(session, media_id)
    if item is None:
        return False
    item.state, item.failure = MediaState.READY, None
    item.stage, item.progress = MediaStage.DONE, 1.0
    return True


def count_by_state(session: Session) -> dict[MediaState, int]:
    """How many items are in each state; a state without items is not among the keys."""
    counts = sa.select(Media.state, sa.func.count()).group_by(Media.state)
    return dict(session.execute(counts).all())


def count_fingerprinted(session: Session) -> int:
    """How many items are ready, and so have a fingerprint."""
    ready = sa.select(sa.func.count()).select_from(Media).where(Media.state == MediaState.READY)
    return session.scalar(ready) or 0


def statuses(session: Session, media_ids: SomeOf[str]) -> dict[str, VerificationStatus]:
    """What people concluded about some items."""
    found = sa.select(Verification.media_id, Verification.status)
    rows = session.execute(found.where(Verification.media_id.in_(media_ids)))
    return dict(rows.all())
