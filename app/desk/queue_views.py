"""The queue page's values: rows with their reason in words, saved views, filters and pages."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from app.core.media import MediaKind
from app.db.queue import QueueFilter
from app.desk.match_views import relation
from app.desk.words import catalogue, coded, filled
from app.schemas.enums import MediaState, VerificationStatus
from app.schemas.queue import Need
from app.schemas.record_enums import PublicationState
from app.services.queue import QueueRow

PAGE_ROWS = 50
_PUBLIC = (PublicationState.PUBLISHED, PublicationState.CORRECTED)
_BY_REASON = (Need.PUBLISHED_MATCH, Need.PUBLISHED_ATTENTION, Need.ATTENTION, Need.OLDER)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One line of the queue."""

    media_id: str
    title: str
    kind: MediaKind
    picture: str | None
    reason: str
    need: Need | None
    status: VerificationStatus
    is_public: bool
    owner: str | None
    due_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A way to look at the queue; `id` is set where the viewer saved it."""

    name: str
    href: str
    is_current: bool
    id: str | None = None


def shown(row: QueueRow, *, may_see_blurred: bool) -> ShownRow:
    """One row in words; of what takes care no picture where the viewer may not even see it blurred."""
    has_picture = row.kind is not MediaKind.AUDIO and row.state is MediaState.READY
    at_ms = (row.duration_ms or 0) // 4
    return ShownRow(
        media_id=row.media_id,
        title=row.title,
        kind=row.kind,
        picture=f"/v1/media/{row.media_id}/stills/at/{at_ms}"
        if has_picture and (may_see_blurred or not row.flags)
        else None,
        reason=reason(row),
        need=row.need,
        status=row.status,
        is_public=row.publication in _PUBLIC,
        owner=row.owner,
        due_at=row.due_at,
        received_at=row.received_at,
    )


def reason(row: QueueRow) -> str:
    """Why this item waits, in one line."""
    texts = catalogue()["queue"]
    parts = []
    if row.need is Need.FAILED:
        parts.append(filled(texts["failed"], code=(row.failure or "").replace("_", " ")))
    elif row.need in _BY_REASON and row.reasons:
        parts += [coded(row.need, "need")] if row.need is Need.PUBLISHED_MATCH else []
        parts += [coded(each, "attention") for each in row.reasons[:2]]
    elif row.need is not None and row.need is not Need.MATCH:
        parts.append(coded(row.need, "need"))
    if row.match is not None:
        text = texts["match_one"] if row.match.count == 1 else texts["match_many"]
        said = filled(
            text,
            n=row.match.count,
            grade=coded(row.match.grade, "grade").capitalize(),
            relation=relation(row.match.relation, to_upload=row.match.is_upload),
            title=row.match.known_title,
        )
        parts.append(said)
    if row.state in {MediaState.RECEIVED, MediaState.PROCESSING}:
        parts.append(filled(texts["preliminary"], percent=round(row.progress * 100)))
    return " · ".join(parts)


def address(asked: QueueFilter, owner: str, page: int = 1) -> str:
    """The queue with these filters, as a link."""
    query = query_of(asked, owner)
    if page > 1:
        query = f"{query}&page={page}" if query else f"page={page}"
    return f"/desk/?{query}" if query else "/desk/"


def query_of(asked: QueueFilter, owner: str) -> str:
    """The filters as they stand in the address; the same filters always read the same."""
    given = {
        "view": "all" if asked.everything else "",
        "need": asked.needs[0] if asked.needs else "",
        "status": asked.status or "",
        "owner": owner,
        "collection": asked.collection or "",
        "q": asked.words or "",
    }
    return urlencode({name: value for name, value in given.items() if value})
