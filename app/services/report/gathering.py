"""What a report is made of, as this reader may know it: read in one transaction, as one state."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.matches import MatchFilter
from app.schemas.claims import ClaimItem
from app.schemas.corroborations import CorroborationItem
from app.schemas.dating import Evidenced
from app.schemas.matches import MatchPage
from app.schemas.media import MediaAnswer, ReceiptAnswer
from app.schemas.page import Page
from app.schemas.provenance import ProvenanceAnswer
from app.schemas.publications import PublicationAnswer
from app.schemas.sensitivity import SensitivityAnswer
from app.schemas.verifications import HistoryItem, VerificationRecord
from app.services import (
    claims,
    corroborations,
    dating,
    history,
    matches,
    media,
    media_views,
    provenance_views,
    publication_views,
    records,
    sensitivity,
    viewing,
)

MATCHES_MOST = 12
HISTORY_MOST = 400
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything about one item; `terms` must not stand in what this reader gets."""

    item: MediaAnswer
    sensitivity: SensitivityAnswer
    record: VerificationRecord
    publication: PublicationAnswer
    matches: MatchPage
    claims: list[ClaimItem]
    corroborations: list[CorroborationItem]
    provenance: ProvenanceAnswer | None
    earliest: Evidenced | None
    receipts: list[ReceiptAnswer]
    history: list[HistoryItem]
    terms: list[str]


def gather(session: Session, media_id: str, actor: Actor) -> Gathered:
    """Everything that `actor` may know of an item."""
    found = matches.listed(session, MatchFilter(media_id), MATCHES_MOST, None)
    record = records.read(session, media_id, actor)
    beside = [match.known_media_id for match in found.items]
    beside += [each.media_id for each in record.related_verdicts]
    is_read = db.provenance.of_media(session, media_id) is not None
    may_see_all = viewing.may_see_clear(actor)
    return Gathered(
        item=media_views.show(session, media.get(session, media_id)),
        sensitivity=sensitivity.read(session, media_id),
        record=record,
        publication=publication_views.state(session, media_id),
        matches=found,
        claims=list(_all(lambda cursor: claims.read(session, media_id, _AT_ONCE, cursor))),
        corroborations=list(
            _all(lambda cursor: corroborations.read(session, media_id, actor, _AT_ONCE, cursor))
        ),
        provenance=provenance_views.read(session, media_id, actor) if is_read else None,
        earliest=dating.earliest(session, media_id),
        receipts=[
            ReceiptAnswer.model_validate(each)
            for each in db.media.receipts(session, media_id, _AT_ONCE, None).items
        ],
        history=list(
            deque(
                _all(lambda cursor: history.read(session, media_id, actor, _AT_ONCE, cursor)),
                maxlen=HISTORY_MOST,
            )
        ),
        terms=[] if may_see_all else _terms(session, [media_id, *beside]),
    )


def _all[T](page_of: Callable[[str | None], Page[T]]) -> Iterator[T]:
    cursor = None
    while True:
        page = page_of(cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _terms(session: Session, media_ids: list[str]) -> list[str]:
    found = {
        term for each in set(media_ids) for term in db.restricted_terms.of_media(session, each)
    }
    return sorted(found)
