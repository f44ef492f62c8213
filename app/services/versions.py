"""The same footage from several senders as one group: an item and what it is proven to share it with."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.matches import StoredMatch
from app.db.media import Media
from app.schemas.enums import Shelf
from app.schemas.matches import Coverage
from app.schemas.media import ReceiptAnswer
from app.schemas.versions import Version, VersionList, VersionMatch
from app.services import media, media_views

MOST = 100
RECEIPTS_MOST = 20


def of_item(session: Session, media_id: str, actor: Actor) -> VersionList:
    """An item with its versions, and which of them the original may be: the earliest, longest, largest.

    By proven pairs of this item alone; nothing is concluded from a version's own versions.
    """
    asked = media.get(session, media_id)
    pairs = db.versions.proven(session, media_id, MOST + 1)
    ids = list(pairs)[:MOST]
    others = db.media.by_ids(session, ids)
    items = [asked, *(others[each] for each in ids if each in others)]
    known = db.shelves.known_among(session, {item.id for item in items})
    receipts = _receipts(session, items, actor)
    shown = media_views.show_all(session, items)
    return VersionList(
        items=[
            Version(
                media=each,
                shelf=Shelf.KNOWN if each.id in known else Shelf.UPLOAD,
                receipts=receipts[each.id],
                match=_match(pairs[each.id], media_id) if each.id in pairs else None,
            )
            for each in shown
        ],
        earliest_received=min(items, key=lambda item: (item.received_at, item.id)).id,
        longest=_most(items, {item.id: item.duration_ms or 0 for item in items}),
        largest=_most(items, {item.id: (item.width or 0) * (item.height or 0) for item in items}),
        complete=len(pairs) <= MOST,
    )


def _receipts(
    session: Session, items: Sequence[Media], actor: Actor
) -> dict[str, list[ReceiptAnswer]]:
    found: dict[str, list[ReceiptAnswer]] = defaultdict(list)
    ids = [item.id for item in items]
    for receipt in db.versions.first_receipts(session, ids, RECEIPTS_MOST):
        found[receipt.media_id].append(media_views.show_receipt(receipt, actor))
    return found


def _most(items: Sequence[Media], amounts: dict[str, int]) -> str | None:
    """The item that has most of something; of several the one that was here first."""
    ranked = sorted(items, key=lambda item: (-amounts[item.id], item.received_at, item.id))
    return ranked[0].id if amounts[ranked[0].id] else None


def _match(match: StoredMatch, media_id: str) -> VersionMatch:
    return VersionMatch(
        id=match.id,
        relation=match.relation,
        is_query=match.query_media_id == media_id,
        grade=match.grade,
        confidence=match.confidence,
        coverage=Coverage(query=match.coverage_query, known=match.coverage_known),
        decision=match.decision,
        links={"self": f"/v1/matches/{match.id}", "sheet": f"/v1/matches/{match.id}/sheet"},
    )
