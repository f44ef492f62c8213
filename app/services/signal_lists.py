"""An item's signals as people read them."""

from sqlalchemy.orm import Session

from app import db
from app.db.hash_lists import HashList
from app.db.signals import Signal
from app.schemas.signals import SignalChecked, SignalItem, SignalPage
from app.services import media


def listed(session: Session, media_id: str, limit: int, cursor: str | None) -> SignalPage:
    """One page of an item's signals, and how far it was compared."""
    media.get(session, media_id)
    page = db.signals.page(session, media_id, limit, cursor)
    lists = db.hash_lists.by_ids(session, {each.list_id for each in page.items})
    hashes = db.item_hashes.of_media(session, media_id)
    checked = None
    if hashes is not None and hashes.checked_at is not None:
        checked = SignalChecked(at=hashes.checked_at, until=hashes.checked_until or 0)
    items = [show(each, lists[each.list_id]) for each in page.items]
    return SignalPage(items=items, next=page.next, checked=checked)


def show(signal: Signal, hash_list: HashList) -> SignalItem:
    """A signal as people read it."""
    return SignalItem(
        id=signal.id,
        list=hash_list.slug,
        source_name=hash_list.source_name,
        opinion=hash_list.opinion,
        kind=signal.kind,
        entry=signal.entry,
        label=signal.label,
        distance=signal.distance,
        query_share=signal.query_share,
        listed_share=signal.listed_share,
        query_ms=signal.query_ms,
        found_at=signal.found_at,
        withdrawn_at=signal.withdrawn_at,
    )
