"""What became of files that were just brought: how far each is, and the best that was found of it."""

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
class Brought:
    """One item; `best` is its surest match that stands, and `leads` only resemble it.

    Of matches of one grade those with known material come first.
    """

    item: MediaAnswer
    best: MatchItem | None
    further: int
    leads: int
    is_searched: bool


def read(session: Session, media_ids: Sequence[str]) -> list[Brought]:
    """The items that are there, in the order in which they were asked for."""
    found = db.media.by_ids(session, media_ids)
    there = [found[media_id] for media_id in dict.fromkeys(media_ids) if media_id in found]
    return [_read(session, each) for each in media_views.show_all(session, there)]


def _read(session: Session, item: MediaAnswer) -> Brought:
    page = matches.listed(session, MatchFilter(item.id), MATCHES_MOST, None)
    standing = [each for each in page.items if each.stands]
    sure = [each for each in standing if each.grade in ALERTING]
    sure.sort(key=lambda each: (ALERTING.index(each.grade), each.against is not Shelf.KNOWN))
    return Brought(
        item=item,
        best=sure[0] if sure else None,
        further=max(0, len(sure) - 1),
        leads=len(standing) - len(sure),
        is_searched=page.searched is not None and not page.searched.incomplete,
    )
