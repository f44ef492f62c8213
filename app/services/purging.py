"""The decision that an item goes: from its commit on, a tombstone stands in the item's place.

Whose it is to decide, what forbids it, and what is left for everyone to read. `shredding` does it.
"""

import hashlib

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.tombstones import Tombstone
from app.db.verifications import Verification
from app.errors import Forbidden
from app.schemas.audit import AuditAction
from app.schemas.enums import HistoryAction, MediaState, VerificationStatus
from app.schemas.privacy_enums import PurgeAuthority
from app.schemas.purging import PurgeRequest
from app.services import audit, holds, known, publication, subscriptions, verifications

BY_UPLOADER = "Taken back by who uploaded it, before anybody reviewed it."
BY_DESK = "Deleted by the desk."
BY_LAW = (
    PurgeAuthority.DATA_SUBJECT,
    PurgeAuthority.SOURCE,
    PurgeAuthority.COURT,
    PurgeAuthority.REGULATOR,
)
"""On whose word what was published goes too; otherwise the public keeps what it has read."""


def deletion(session: Session, media_id: str, actor: Actor) -> PurgeRequest:
    """What `DELETE` of an item asks for; refused unless it is the actor's to delete.

    Anything is an admin's; what only they themselves uploaded, while nobody has reviewed it, is a
    person's own.
    """
    if Scope.PRIVACY_ADMIN in actor.scopes:
        return PurgeRequest(authority=PurgeAuthority.DESK, reason=BY_DESK)
    record = verifications.take(session, media_id)
    if not may_take_back(session, record, actor):
        detail = "You delete what only you uploaded, while it is unreviewed; an admin anything."
        raise Forbidden(detail, scope=Scope.PRIVACY_ADMIN.value)
    return PurgeRequest(authority=PurgeAuthority.UPLOADER, reason=BY_UPLOADER)


def may_take_back(session: Session, record: Verification, actor: Actor) -> bool:
    """Whether an item is a person's own to delete: theirs alone, and reviewed by nobody."""
    if actor.is_machine or Scope.MEDIA_WRITE not in actor.scopes:
        return False
    own = {each.received_by for each in db.media.intake(session, record.media_id)} == {actor.id}
    return own and record.status is VerificationStatus.UNREVIEWED


def order(session: Session, media_id: str, wanted: PurgeRequest, actor: Actor) -> Tombstone:
    """Put a tombstone in the place of an item; `shredding` takes the rest, at any time after.

    Held items are refused (`Held`), purged ones too (`Gone`).
    """
    record = verifications.take(session, media_id)
    holds.refuse_if_held(session, media_id)
    item = db.media.lock(session, media_id)
    assert item is not None, "a record that can be taken has its item"
    sha256 = item.sha256
    left = Tombstone(
        media_id=media_id,
        digest=db.tombstones.digest(db.tombstones.make_salt(session), sha256),
        sha256=sha256,
        by_id=actor.id,
        by_role=actor.role.value,
        authority=wanted.authority,
        reason=wanted.reason,
        keep_fingerprint=wanted.keep_fingerprint,
        keep_reason=wanted.keep_reason,
    )
    session.add(left)
    if not wanted.keep_fingerprint:
        known.forget(session, media_id)
    item.state = MediaState.PURGED
    # Free for who brings this content again, and no word of what it was.
    item.sha256, item.size_bytes = _placeholder(media_id), 0
    session.flush()
    if wanted.keep_fingerprint:
        known.shelve(session, media_id)
    subscriptions.end_of_item(session, media_id, actor)
    audit.written(session, actor, AuditAction.MEDIA_PURGED, item, media_id=media_id)
    if wanted.authority in BY_LAW:
        publication.tombstone(session, record, actor)
    details = {"authority": wanted.authority.value, "fingerprint_kept": wanted.keep_fingerprint}
    verifications.change(session, record, actor, HistoryAction.PURGED, details)
    return left


def _placeholder(media_id: str) -> str:
    """What a purged row has for a hash: of its own, and no content's."""
    return hashlib.sha256(f"purged {media_id}".encode()).hexdigest()
