"""Everything that the page of one item shows to one reader, read as one state."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.collections import Collection
from app.db.matches import MatchFilter
from app.db.paging import Paged
from app.schemas.attention import AttentionItem
from app.schemas.dating import Evidenced
from app.schemas.matches import MatchPage
from app.schemas.media import MediaAnswer, ReceiptAnswer
from app.schemas.page import Page
from app.schemas.provenance import ProvenanceAnswer
from app.schemas.sensitivity import SensitivityAnswer
from app.schemas.signals import SignalItem
from app.schemas.verifications import VerificationRecord
from app.schemas.versions import VersionList
from app.services import (
    attention,
    collections,
    dating,
    matches,
    media,
    media_views,
    provenance_views,
    records,
    sensitivity,
    signal_lists,
    versions,
)

MATCHES_MOST = 100
FURTHER_MOST = 20
RECEIPTS_MOST = 100


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item with what was found of it; `further` are the uploads that it was found in.

    `followed_by` is the reader's own subscription to it.
    """

    item: MediaAnswer
    record: VerificationRecord
    sensitivity: SensitivityAnswer
    matches: MatchPage
    further: MatchPage
    provenance: ProvenanceAnswer | None
    earliest: Evidenced | None
    receipts: list[ReceiptAnswer]
    has_more_receipts: bool
    names: dict[str, str]
    attention: Page[AttentionItem]
    signals: Page[SignalItem]
    collections: Paged[Collection]
    versions: VersionList
    followed_by: str | None
    last_seq: int


def read(session: Session, media_id: str, actor: Actor, *, four_eyes: bool) -> ItemPage:
    """What `actor` is shown of an item."""
    item = media.get(session, media_id)
    arrivals = db.media.receipts(session, media_id, RECEIPTS_MOST, None)
    is_read = db.provenance.of_media(session, media_id) is not None
    group = versions.of_item(session, media_id, actor)
    brought_by = {each.received_by for one in group.items for each in one.receipts}
    further = MatchFilter(media_id, as_known=True, grades=db.matches.ALERTING)
    return ItemPage(
        item=media_views.show(session, item),
        record=records.read(session, media_id, actor, four_eyes=four_eyes),
        sensitivity=sensitivity.read(session, media_id),
        matches=matches.listed(session, MatchFilter(media_id), MATCHES_MOST, None),
        further=matches.listed(session, further, FURTHER_MOST, None),
        provenance=provenance_views.read(session, media_id, actor) if is_read else None,
        earliest=dating.earliest(session, media_id),
        receipts=[media_views.show_receipt(each, actor) for each in arrivals.items],
        has_more_receipts=arrivals.next is not None,
        names=db.actors.names(session, brought_by | {each.received_by for each in arrivals.items}),
        attention=attention.open_first(session, media_id, FURTHER_MOST),
        signals=signal_lists.listed(session, media_id, FURTHER_MOST, None),
        collections=collections.choices(session),
        versions=group,
        followed_by=_followed_by(session, media_id, actor),
        last_seq=db.events.last_seq(session),
    )


def _followed_by(session: Session, media_id: str, actor: Actor) -> str | None:
    found = db.subscriptions.of_item(session, media_id)
    return next((each.id for each in found if each.owner_id == actor.id), None)
