"""An item is like a listed hash: kept as a signal, once, and told. A lead for people, no status.

An item is compared as soon as it has a fingerprint, and again with what is listed later; each row of
`item_hashes` says how far.
"""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.blobs.local import LocalBlobs
from app.db.hash_lists import HashList
from app.db.signals import Signal
from app.schemas.enums import EventType
from app.services import events, item_hashes
from app.services.listed_table import ListedTable
from app.services.resemblance import Alike, Asked, alike


def check(database: db.Database, blobs: LocalBlobs, table: ListedTable, media_id: str) -> int:
    """Compare an item with what was listed since it was last compared; how many signals are new."""
    if not item_hashes.take(database, blobs, media_id):
        return 0
    with database.read() as session:
        item = db.media.find(session, media_id)
        hashes = db.item_hashes.of_media(session, media_id)
    if item is None or hashes is None:
        return 0
    until = table.catch_up()
    found = alike(database, table, Asked.of(item, hashes), hashes.checked_until or 0)
    with database.write() as session:
        db.in_commit_order(session)
        if db.media.find(session, media_id) is None:
            return 0
        # Since they were found, a list may have taken some back.
        standing = db.listed_hashes.numbered(session, [each.listed.number for each in found])
        found = [each for each in found if each.listed.number in standing]
        new = [_record(session, media_id, each) for each in found]
        db.item_hashes.checked(session, media_id, until)
    return sum(new)


def _record(session: Session, media_id: str, each: Alike) -> bool:
    row = each.listed
    of_query, of_listed = each.shares or (None, None)
    kept = db.signals.record(
        session,
        Signal(
            media_id=media_id,
            list_id=row.list_id,
            kind=row.kind,
            entry=each.entry,
            number=row.number,
            label=row.label,
            distance=each.distance,
            query_share=of_query,
            listed_share=of_listed,
            query_ms=each.query_ms,
        ),
    )
    if kept is None:
        return False
    [hash_list] = db.hash_lists.by_ids(session, [row.list_id]).values()
    events.publish(session, EventType.SIGNAL_FOUND, media_id, _told(kept, hash_list))
    return True


def _told(kept: Signal, hash_list: HashList) -> dict[str, Any]:
    return {
        "signal_id": kept.id,
        "list": hash_list.slug,
        "entry": kept.entry,
        "hash": kept.kind,
        "opinion": hash_list.opinion,
        "distance": kept.distance,
        "query_share": kept.query_share,
        "listed_share": kept.listed_share,
    }
