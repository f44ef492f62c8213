"""What readers of verification records are shown: one record, lists, history."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.errors import NotFound, Unprocessable
from app.schemas.fields import ActingPerson
from app.schemas.page import Page
from app.schemas.verifications import (
    HistoryItem,
    RecordedMedia,
    VerificationRecord,
    VerificationSummary,
)
from app.services import transitions, verifications

_SHA256_CHARACTERS = 64


def read(session: Session, media_id: str, actor: Actor) -> VerificationRecord:
    """One item's record, with what `actor` may do next."""
    record = verifications.find(session, media_id)
    summary = _summary(record, _media(session, media_id))
    legal = transitions.legal(session, record, actor)
    return VerificationRecord(**summary.model_dump(), legal=legal)


def read_by_hash(session: Session, digest: str, actor: Actor) -> VerificationRecord:
    """The record of the item with exactly this content, named as `sha256:…`."""
    algorithm, _, value = digest.lower().partition(":")
    wrong = set(value) - set("0123456789abcdef") or len(value) != _SHA256_CHARACTERS
    if algorithm != "sha256" or wrong:
        raise Unprocessable("Name the content as 'sha256:' and 64 hexadecimal digits.")
    item = db.media.by_sha256(session, value)
    if item is None:
        raise NotFound("No item has this content.")
    return read(session, item.id, actor)


def listed(
    session: Session,
    wanted: db.verification_lists.RecordFilter,
    limit: int,
    cursor: str | None,
) -> Page[VerificationSummary]:
    """One page of records, last opened first."""
    page = db.verification_lists.page(session, wanted, limit, cursor)
    media = db.media.by_ids(session, [record.media_id for record in page.items])
    items = [_summary(record, media[record.media_id]) for record in page.items]
    return Page(items=items, next=page.next)


def history(session: Session, media_id: str, limit: int, cursor: str | None) -> Page[HistoryItem]:
    """One page of what happened to a record, oldest first."""
    verifications.find(session, media_id)
    page = db.verifications.history_page(session, media_id, limit, cursor)
    note_ids = [entry.details.get("note_id") for entry in page.items]
    texts = db.verifications.texts(session, [each for each in note_ids if each])
    items = [
        HistoryItem(
            version=entry.version,
            at=entry.at,
            actor=ActingPerson(id=entry.actor_id, name=entry.actor_name, role=entry.actor_role),
            action=entry.action,
            details=entry.details,
            note=texts.get(entry.details.get("note_id", "")),
        )
        for entry in page.items
    ]
    return Page(items=items, next=page.next)


def _media(session: Session, media_id: str) -> db.media.Media:
    item = db.media.find(session, media_id)
    if item is None:
        raise NotFound("There is no such item.")
    return item


def _summary(record: db.verifications.Verification, item: db.media.Media) -> VerificationSummary:
    base = f"/v1/media/{record.media_id}"
    return VerificationSummary(
        media_id=record.media_id,
        status=record.status,
        version=record.version,
        assignee=record.assignee,
        due_at=record.due_at,
        public_wording=record.public_wording,
        missing=record.missing,
        reason_code=record.reason_code,
        duplicate_of=record.duplicate_of,
        correction_text=record.correction_text,
        opened_at=record.opened_at,
        updated_at=record.updated_at,
        media=RecordedMedia(
            sha256=item.sha256, kind=item.kind, title=item.title, filename=item.filename
        ),
        links={
            "self": f"{base}/verification",
            "media": base,
            "matches": f"{base}/matches",
            "history": f"{base}/verification/history",
            "notes": f"{base}/verification/notes",
            "transitions": f"{base}/verification/transitions",
        },
    )
