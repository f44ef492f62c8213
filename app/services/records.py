"""What readers of verification records are shown: one record, and lists."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.media import Media
from app.db.verifications import Verification
from app.errors import NotFound, Unprocessable
from app.schemas.enums import AuthenticityCode
from app.schemas.page import Page
from app.schemas.record_enums import AttentionReason
from app.schemas.verifications import RecordedMedia, VerificationRecord, VerificationSummary
from app.services import (
    findings,
    gates,
    proposals,
    protection,
    related,
    rights,
    tombstones,
    verifications,
)

_SHA256_CHARACTERS = 64
PARTS = (
    "attention",
    "claims",
    "corroborations",
    "findings",
    "history",
    "notes",
    "proposal",
    "publication",
    "rights",
    "transitions",
)


def read(
    session: Session, media_id: str, actor: Actor, *, four_eyes: bool = True
) -> VerificationRecord:
    """One item's record, with what `actor` may do next."""
    record = verifications.find(session, media_id)
    reasons = db.attention.open_reasons(session, [media_id]).get(media_id, [])
    summary = _summary(record, _media(session, media_id), reasons)
    proposal = db.proposals.pending(session, media_id)
    protected = protection.read(session, media_id, actor)
    return VerificationRecord(
        **summary.model_dump(),
        original_context=record.original_context,
        evidence=protected.of_evidence(record.evidence),
        conflict_note=record.conflict_note,
        rights_terms=rights.read(session, media_id).terms,
        findings=findings.current(session, media_id),
        proposal=proposals.shown(proposal, protected) if proposal else None,
        related_verdicts=related.verdicts(session, media_id),
        legal=gates.legal(session, record, actor, four_eyes=four_eyes),
    )


def named(session: Session, digest: str) -> str:
    """The id of the item with exactly this content, named as `sha256:…`."""
    algorithm, _, value = digest.lower().partition(":")
    wrong = set(value) - set("0123456789abcdef") or len(value) != _SHA256_CHARACTERS
    if algorithm != "sha256" or wrong:
        raise Unprocessable("Name the content as 'sha256:' and 64 hexadecimal digits.")
    item = db.media.by_sha256(session, value)
    if item is None:
        raise NotFound("No item has this content.")
    return item.id


def listed(
    session: Session,
    wanted: db.verification_lists.RecordFilter,
    limit: int,
    cursor: str | None,
) -> Page[VerificationSummary]:
    """One page of records, last opened first."""
    page = db.verification_lists.page(session, wanted, limit, cursor)
    ids = [record.media_id for record in page.items]
    media = db.media.by_ids(session, ids)
    reasons = db.attention.open_reasons(session, ids)
    items = [
        _summary(record, media[record.media_id], reasons.get(record.media_id, []))
        for record in page.items
    ]
    return Page(items=items, next=page.next)


def _media(session: Session, media_id: str) -> Media:
    item = db.media.find(session, media_id)
    if item is None:
        raise tombstones.missing(session, media_id)
    return item


def _summary(
    record: Verification, item: Media, attention: list[AttentionReason]
) -> VerificationSummary:
    base = f"/v1/media/{record.media_id}"
    own = f"{base}/verification"
    codes = record.authenticity_codes
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
        authenticity_codes=[AuthenticityCode(code) for code in codes] if codes else None,
        approved_by=record.approved_by,
        rights=record.rights,
        publication=record.publication,
        attention=attention,
        has_conflict=record.has_conflict,
        opened_at=record.opened_at,
        updated_at=record.updated_at,
        media=RecordedMedia(
            sha256=item.sha256, kind=item.kind, title=item.title, filename=item.filename
        ),
        links={
            "self": own,
            "media": base,
            "matches": f"{base}/matches",
            **{part: f"{own}/{part}" for part in PARTS},
        },
    )
