"""What left the house with a verdict that is taken back: who has it should be told."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.db.audit_reading import AuditFilter
from app.schemas.audit import AuditAction

CUSTODY_EXPORTS_MOST = 50


def of(session: Session, media_id: str) -> list[dict[str, Any]]:
    """The public review of an item, and the newest of its custody exports, each with its entry's number."""
    public = db.publications.of_media(session, media_id)
    reviews = [{"kind": "review", "url": public.url, "version": public.version}] if public else []
    wanted = AuditFilter(media_id=media_id, action=AuditAction.CUSTODY_EXPORTED)
    entries = db.audit_reading.page(session, wanted, CUSTODY_EXPORTS_MOST, None).items
    return reviews + [
        {"kind": "custody_export", "audit_seq": entry.seq, "at": entry.at} for entry in entries
    ]
