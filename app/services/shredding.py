"""A purge step by step: list, bytes, derivatives, fingerprint, payloads.

Each step is done whole or again, so a process that dies goes on where it was, or another one does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM, Actor
from app.blobs.local import LocalBlobs
from app.blobs.purge_list import PurgeList
from app.db.tombstones import Tombstone
from app.errors import ServiceError
from app.schemas.audit import AuditAction
from app.schemas.enums import EventType
from app.schemas.privacy_enums import PurgeAuthority, PurgeStep
from app.schemas.purging import PurgeRequest
from app.services import audit, events, invalidating, leftovers, purging

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shredder:
    """What a purge takes things out of, and the list that it goes on."""

    database: db.Database
    blobs: LocalBlobs
    listed: PurgeList


def carry_out(mine: Shredder, media_id: str) -> None:
    """Take every step that is left of an ordered purge."""
    while step(mine, media_id):
        pass


def step(mine: Shredder, media_id: str) -> bool:
    """Take the next step of an ordered purge; false when there is none."""
    with mine.database.read() as session:
        left = db.tombstones.find(session, media_id)
    if left is None or left.step is PurgeStep.DONE:
        return False
    if left.step is PurgeStep.ORDERED:
        with mine.database.read() as session:
            entry = line(session, left)
        mine.listed.append(entry)
        _mark(mine.database, left, PurgeStep.LISTED)
    elif left.step is PurgeStep.LISTED:
        if left.sha256 is not None:
            leftovers.drop_content(mine.database, mine.blobs, left.sha256)
        _mark(mine.database, left, PurgeStep.BYTES)
    elif left.step is PurgeStep.BYTES:
        mine.blobs.delete_derived(media_id)
        _mark(mine.database, left, PurgeStep.DERIVATIVES)
    elif left.step is PurgeStep.DERIVATIVES:
        _drop_fingerprint(mine.database, media_id)
    else:
        _erase_payloads(mine.database, media_id)
    return True


def finish(mine: Shredder, media_id: str) -> bool:
    """Take what is left of an ordered purge; false where something cannot be removed: it is tried again."""
    try:
        carry_out(mine, media_id)
    except Exception as error:
        # What cannot be removed must not keep other items from being purged.
        log.exception("purge.interrupted", media_id=media_id, error=str(error))
        return False
    return True


def finish_all(mine: Shredder) -> int:
    """Take what is left of every purge that ended with its process; gives how many are done now."""
    with mine.database.read() as session:
        unfinished = db.tombstones.unfinished(session)
    return sum(finish(mine, media_id) for media_id in unfinished)


def purge(
    mine: Shredder,
    media_id: str,
    wanted: PurgeRequest,
    actor: Actor,
    check: Callable[[Session], None] | None = None,
) -> bool:
    """Purge an item from order to end; false if it is held, was purged already, or waits for its end.

    False, too, where `check` refuses: called when nobody else changes the item any more.
    """
    try:
        with mine.database.write() as session:
            db.in_commit_order(session)
            if check is not None:
                check(session)
            purging.order(session, media_id, wanted, actor)
    except ServiceError as refusal:
        log.info("purge.refused", media_id=media_id, why=refusal.detail)
        return False
    return finish(mine, media_id)


def _mark(database: db.Database, left: Tombstone, done: PurgeStep) -> None:
    with database.write() as session:
        now = db.tombstones.locked(session, left.media_id)
        if now is not None and now.step is left.step:
            now.step = done
            if done is PurgeStep.BYTES and not now.keep_fingerprint:
                now.sha256 = None


def _drop_fingerprint(database: db.Database, media_id: str) -> None:
    with database.write() as session:
        db.in_commit_order(session)
        left = db.tombstones.locked(session, media_id)
        if left is None or left.step is not PurgeStep.DERIVATIVES:
            return  # somebody else was here
        if not left.keep_fingerprint:
            for member in db.collections.memberships(session, media_id):
                action = AuditAction.COLLECTION_MEMBER_REMOVED
                audit.removed(session, SYSTEM, action, member, media_id=media_id)
                session.delete(member)
            db.fingerprints.delete(session, db.fingerprints.numbers_of(session, media_id))
            invalidating.of_known(session, media_id, SYSTEM)
        db.matches.forget_query(session, media_id)
        left.step = PurgeStep.FINGERPRINT


def _erase_payloads(database: db.Database, media_id: str) -> None:
    with database.write() as session:
        db.in_commit_order(session)
        left = db.tombstones.locked(session, media_id)
        if left is None or left.step is not PurgeStep.FINGERPRINT:
            return
        db.payloads.empty(session, media_id)
        db.idempotency.empty_naming(session, media_id)
        forget(session, media_id, left.authority, left.reason, SYSTEM)
        what = ["bytes", "derivatives", "payloads"]
        told = {
            "what": what if left.keep_fingerprint else sorted([*what, "fingerprint"]),
            "authority": left.authority.value,
            "sha256": left.sha256,
        }
        events.publish(session, EventType.MEDIA_PURGED, media_id, told)
        left.step = PurgeStep.DONE
    log.info("media.purged", media_id=media_id)


def forget(
    session: Session, media_id: str, authority: PurgeAuthority, reason: str, actor: Actor
) -> None:
    """Erase what the audit chain holds of an item; from here on it vouches for what is left."""
    audit.erase(session, actor, authority.value, media_id=media_id)
    rows = db.audited.of_item(session, media_id)
    about = {"authority": authority.value, "reason": reason}
    audit.written(session, actor, AuditAction.MEDIA_PURGED, *rows, media_id=media_id, beside=about)


def line(session: Session, left: Tombstone) -> dict[str, Any]:
    """What is needed to do a purge again in a database that does not know of it."""
    return {
        "kind": "media",
        "media_id": left.media_id,
        "at": left.purged_at.isoformat(),
        "authority": left.authority.value,
        "reason": left.reason,
        "keep_fingerprint": left.keep_fingerprint,
        "keep_reason": left.keep_reason,
        "digest": left.digest,
        "salt": db.tombstones.salt(session),
    }
