"""How far files that were just uploaded are, and the best match of each, for the upload page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.db.matches import ALERTING, MatchFilter
from app.schemas.enums import Shelf
from app.schemas.matches import MatchItem
from app.schemas.media import MediaAnswer
from app.services import matches, media_views

MATCHES_MOST = 20


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What the upload page shows of one item.

    `best` is its surest match that alerts and stands, of one grade that with known material; `further`
    how many more such there are, `leads` how many only resemble it. Until `is_searched`, more may come.
    """

    item: MediaAnswer
    best: MatchItem | None
    further: int
    leads: int
    is_searched: bool


def read(session: Session, media_ids: Sequence[str]) -> list[UploadResult]:
    """The items that are there, in the order in which they were asked for."""
    found = db.media.by_ids(session, media_ids)
    there = [found[media_id] for media_id in dict.fromkeys(media_ids) if media_id in found]
    return [_read(session, each) for each in media_views.show_all(session, there)]


def _read(session: Session, item: MediaAnswer) -> UploadResult:
    page = matches.listed(session, MatchFilter(item.id), MATCHES_MOST, None)
    standing = [each for each in page.items if each.stands]
    sure = [each for each in standing if each.grade in ALERTING]
    sure.sort(key=lambda each: (ALERTING.index(each.grade), each.against is not Shelf.KNOWN))
    return UploadResult(
        item=item,
        best=sure[0] if sure else None,
        further=max(0, len(sure) - 1),
        leads=len(standing) - len(sure),
        is_searched=page.searched is not None and not page.searched.incomplete,
    )
