"""What is left of purged items, and what to answer who asks for one."""

from sqlalchemy.orm import Session

from app import db
from app.db.tombstones import Tombstone
from app.errors import Gone, NotFound, ServiceError
from app.schemas.privacy_enums import PurgeStep
from app.schemas.purging import TombstoneAnswer


def missing(session: Session, media_id: str) -> ServiceError:
    """The refusal for an item that is not there: purged, or never here."""
    left = db.tombstones.find(session, media_id)
    if left is None:
        return NotFound(f"There is no media item '{media_id}'.")
    told = answer(session, left).model_dump(mode="json")
    return Gone("This item was purged; `tombstone` is what is left of it.", tombstone=told)


def answer(session: Session, left: Tombstone) -> TombstoneAnswer:
    """A tombstone on the wire."""
    return TombstoneAnswer(
        media_id=left.media_id,
        purged_at=left.purged_at,
        authority=left.authority,
        reason=left.reason,
        digest=left.digest,
        sha256=left.sha256 if left.keep_fingerprint else None,
        fingerprint_kept=left.keep_fingerprint,
        complete=left.step is PurgeStep.DONE,
        public=db.publications.stands(session, left.media_id),
    )
