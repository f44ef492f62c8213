"""The desk's queue as people read it: one line an item, with the reason why it waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import db
from app.core.media import MediaKind
from app.core.policy import Grade, Relation
from app.db.media import Media
from app.db.media_lists import Facets
from app.db.queue import QueueFilter, Waiting
from app.db.verifications import Verification
from app.schemas.enums import MediaState, VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.queue import Need
from app.schemas.record_enums import AttentionReason, PublicationState


@dataclass(frozen=True, slots=True)
class BestMatch:
    """The surest match that nobody has reviewed, and how many there are."""

    count: int
    known_title: str
    relation: Relation
    grade: Grade
    is_upload: bool
    """Whether it is a match with another upload, not with known material."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One item of the queue."""

    media_id: str
    title: str
    kind: MediaKind
    state: MediaState
    failure: str | None
    progress: float
    duration_ms: int | None
    received_at: datetime
    collections: tuple[str, ...]
    flags: tuple[SensitivityFlag, ...]
    status: VerificationStatus
    publication: PublicationState
    owner: str | None
    due_at: datetime | None
    need: Need | None
    reasons: tuple[AttentionReason, ...]
    match: BestMatch | None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, and how many items it has on all pages."""

    rows: list[QueueRow]
    total: int


def read(session: Session, wanted: QueueFilter, limit: int, offset: int) -> Queue:
    """One page of the queue, most urgent first."""
    page = db.queue.page(session, wanted, db.now(), limit, offset)
    ids = list(page.needs)
    media = db.media.by_ids(session, ids)
    facets = db.media_lists.facets(session, ids)
    records = db.queue.records(session, ids)
    reasons = db.attention.open_reasons(session, ids)
    matches = _matches(session, db.queue.waiting_matches(session, ids))
    rows = [
        _row(
            media[each],
            facets.get(each, Facets()),
            records[each],
            (need, tuple(reasons.get(each, ()))),
            matches.get(each),
        )
        for each, need in page.needs.items()
        if each in media
    ]
    return Queue(rows, page.total)


def _matches(session: Session, waiting: dict[str, Waiting]) -> dict[str, BestMatch]:
    ids = {each.surest.known_media_id for each in waiting.values()}
    items, known = db.media.by_ids(session, ids), db.shelves.known_among(session, ids)
    return {
        media_id: BestMatch(
            each.count,
            (item.title or item.filename)
            if (item := items.get(each.surest.known_media_id))
            else each.surest.known_media_id,
            each.surest.relation,
            each.surest.grade,
            each.surest.known_media_id not in known,
        )
        for media_id, each in waiting.items()
    }


def _row(
    item: Media,
    facets: Facets,
    record: Verification,
    why: tuple[Need | None, tuple[AttentionReason, ...]],
    match: BestMatch | None,
) -> QueueRow:
    return QueueRow(
        media_id=item.id,
        title=item.title or item.filename,
        kind=item.kind,
        state=item.state,
        failure=(item.failure or {}).get("code"),
        progress=item.progress,
        duration_ms=item.duration_ms,
        received_at=item.received_at,
        collections=tuple(facets.collections),
        flags=tuple(sorted(facets.marked.flags)),
        status=record.status,
        publication=record.publication,
        owner=record.assignee,
        due_at=record.due_at,
        need=why[0],
        reasons=why[1],
        match=match,
    )
