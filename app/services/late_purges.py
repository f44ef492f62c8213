"""A purge that comes after another one: of an item that is gone, the law still takes what is public."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.purge_list import PurgeList
from app.db.tombstones import Tombstone
from app.schemas.enums import HistoryAction
from app.schemas.purging import PurgeRequest
from app.services import publication, purging, shredding, verifications


def order(
    session: Session, media_id: str, wanted: PurgeRequest, actor: Actor, listed: PurgeList | None
) -> Tombstone:
    """Purge an item; of one that was purged before, take away what the public still reads of it.

    The second is done where the law asks for it (`is_left`): the tombstone stays as it was, and the
    purge list `listed` gets a line before the caller commits. All else is `purging.order`, which
    refuses what is held or was purged.
    """
    db.in_commit_order(session)
    left = db.tombstones.find(session, media_id)
    if left is None or not is_left(session, media_id, wanted):
        return purging.order(session, media_id, wanted, actor)
    record = db.verifications.locked(session, media_id)
    assert record is not None, "what is published has its record"
    publication.tombstone(session, record, actor)
    details = {"authority": wanted.authority.value, "fingerprint_kept": left.keep_fingerprint}
    verifications.change(session, record, actor, HistoryAction.PURGED, details)
    shredding.forget(session, media_id, wanted.authority, wanted.reason, actor)
    if listed is not None:
        said = {"authority": wanted.authority.value, "reason": wanted.reason}
        listed.append({**shredding.line(session, left), **said, "at": db.now().isoformat()})
    return left


def is_left(session: Session, media_id: str, wanted: PurgeRequest) -> bool:
    """Whether the public still reads something of a purged item that this purge would take."""
    purged = db.tombstones.find(session, media_id) is not None
    by_law = wanted.authority in purging.BY_LAW
    return purged and by_law and db.publications.stands(session, media_id)
