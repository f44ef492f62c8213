"""An item's life at the desk: received, retried; decoding is the jobs' business."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from app import __version__, db
from app.access import Actor
from app.blobs.local import LocalBlobs, WholeFile
from app.core.decoding.sniff import Container
from app.core.media import MediaKind
from app.db.media import Media, Receipt
from app.errors import Conflict
from app.jobs import JobKind, JobQueue
from app.schemas.audit import AuditAction
from app.schemas.enums import EventType, MediaStage, MediaState, SourceKind
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.record_enums import FileOrigin, IntakeMethod
from app.services import (
    audit,
    claimed_dates,
    collections,
    events,
    notes,
    sensitivity,
    tombstones,
    verifications,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What the bringer says about a file."""

    filename: str
    title: str | None = None
    source_name: str | None = None
    source_url: str | None = None
    source_kind: SourceKind = SourceKind.UNKNOWN
    claimed_at: datetime | None = None
    claimed_place: str | None = None
    archive_url: str | None = None
    archived_at: datetime | None = None
    sender: str | None = None
    consent_terms: str | None = None
    file_origin: FileOrigin = FileOrigin.UNKNOWN
    note: str | None = None
    sensitivity: tuple[SensitivityFlag, ...] = ()
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


_SAID = {field.name for field in fields(Claim)} & set(Receipt.__table__.columns.keys())
"""What the receipt keeps of a claim."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is on the disk, what it is, what is said about it, how and from where it came."""

    incoming: WholeFile
    container: Container
    claim: Claim
    sent_from: str | None = None
    via: IntakeMethod = IntakeMethod.UPLOAD


def receive(
    session: Session, blobs: LocalBlobs, jobs: JobQueue, arrival: Arrival, actor: Actor
) -> tuple[Media, bool]:
    """Enter an arrival; gives its item, and whether that is a duplicate: content that was here.

    New content gets a record and a job; content that failed for a passing reason is tried again.
    """
    claim, sha256 = arrival.claim, arrival.incoming.sha256
    into = collections.fillable(session, claim.collections, actor)
    # Whoever draws numbers takes that lock before any row's: in one order, nobody waits in a circle.
    db.in_commit_order(session)
    db.exclusively(session, f"content {sha256}")
    if not blobs.path(sha256).exists():  # deleted since, by whoever deleted the same content
        blobs.adopt(arrival.incoming)
    media = db.media.by_sha256(session, sha256)
    duplicate = media is not None
    if media is None:
        media = _open(session, arrival, actor)
        _promise(session, jobs, media, awaited=arrival.via is IntakeMethod.UPLOAD)
    elif media.state is MediaState.FAILED and (media.failure or {}).get("retryable"):
        _try_again(session, jobs, media)
    receipt = _book(session, media, arrival, actor)
    arrived = AuditAction.MEDIA_RECEIVED
    # Only here, where it can be erased: an address may lead to a person.
    sent = {"sent_from": arrival.sent_from}
    audit.written(session, actor, arrived, receipt, media, media_id=media.id, beside=sent)
    for collection in into:
        collections.add(session, collection, media.id, actor)
    _announce(session, media, receipt, actor, duplicate=duplicate)
    if duplicate:  # of what is new nothing is known yet
        claimed_dates.check_around(session, media.id)
    if claim.sensitivity:
        sensitivity.add(session, verifications.take(session, media.id), claim.sensitivity, actor)
    if claim.note:
        record = verifications.take(session, media.id)
        notes.brought(session, record, claim.note, actor)
    return media, duplicate


def get(session: Session, media_id: str) -> Media:
    """Give the item with this id; of a purged one the refusal says what is left (`Gone`)."""
    media = db.media.find(session, media_id)
    if media is None:
        raise tombstones.missing(session, media_id)
    return media


def retry(session: Session, jobs: JobQueue, media_id: str, actor: Actor) -> Media:
    """Promise another attempt at an item that failed for a reason that may pass."""
    # As an arrival does, which may try again, too: the second one finds it tried already.
    db.in_commit_order(session)
    media = get(session, media_id)
    if media.state is not MediaState.FAILED:
        raise Conflict(f"This item is {media.state}; only a failed one is retried.")
    if not (media.failure or {}).get("retryable"):
        raise Conflict("This failure would repeat itself: its reason lies in the file.")
    _try_again(session, jobs, media)
    subject = audit.Subject("media", media_id)
    attempt = {"attempt": media.attempt}
    audit.append(session, actor, AuditAction.MEDIA_RETRIED, subject, attempt, media_id=media_id)
    return media


def _open(session: Session, arrival: Arrival, actor: Actor) -> Media:
    before = db.tombstones.of_content(session, arrival.incoming.sha256)
    media = Media(
        sha256=arrival.incoming.sha256,
        kind=arrival.container.kind,
        size_bytes=arrival.incoming.size_bytes,
        filename=arrival.claim.filename,
        content_type=arrival.container.content_type,
        title=arrival.claim.title,
        purged_before=before.media_id if before else None,
    )
    session.add(media)
    session.flush()
    verifications.open_for(session, media.id, actor)
    return media


def _book(session: Session, media: Media, arrival: Arrival, actor: Actor) -> Receipt:
    claim = arrival.claim
    said = {name: getattr(claim, name) for name in _SAID}
    version = f"provenance-desk/{__version__}"
    how = {"received_by": actor.id, "received_via": arrival.via, "desk_version": version}
    receipt = Receipt(media_id=media.id, **how, **said)
    session.add(receipt)
    media.title = media.title or claim.title
    db.media.add_tags(session, media.id, claim.tags)
    words = (claim.title, claim.filename, claim.source_name, claim.source_url, claim.claimed_place)
    db.media_lists.make_findable(media, *words, *claim.tags)
    session.flush()
    return receipt


def _try_again(session: Session, jobs: JobQueue, media: Media) -> None:
    media.attempt += 1
    media.state, media.failure = MediaState.RECEIVED, None
    media.stage, media.progress, media.previewed_at = MediaStage.RECEIVED, 0.0, None
    session.flush()
    _promise(session, jobs, media)


def _promise(session: Session, jobs: JobQueue, media: Media, *, awaited: bool = True) -> None:
    """Promise a full answer, and of a video a first one; of a still the full one is as quick.

    What nobody waits for needs no first answer, and comes after what somebody does.
    """
    if awaited and media.kind is MediaKind.VIDEO:
        jobs.enqueue(session, JobKind.PREVIEW_MEDIA, media.id, media.attempt)
    process = JobKind.PROCESS_MEDIA
    jobs.enqueue(session, process, media.id, media.attempt, after_others=not awaited)


def _announce(
    session: Session, media: Media, receipt: Receipt, actor: Actor, *, duplicate: bool
) -> None:
    data = {
        "sha256": media.sha256,
        "size": media.size_bytes,
        "kind": media.kind,
        "source_kind": receipt.source_kind,
        "receipt_id": receipt.id,
        "actor_kind": actor.kind,
        **({"duplicate_of": media.id} if duplicate else {}),
        **({"purged_before": media.purged_before} if media.purged_before else {}),
    }
    events.publish(session, EventType.MEDIA_RECEIVED, media.id, data)
