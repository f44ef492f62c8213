"""Uploads in pieces: made, asked for, taken over by the request that came last, removed."""

import uuid
from contextlib import closing
from itertools import batched

import structlog
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.parts import Part, PartFiles
from app.db.uploads import Upload
from app.errors import Locked, NotFound, TooManyRequests
from app.schemas.uploads import UploadAnswer, UploadFailure
from app.services import collections, media
from app.services.upload_writing import UploadStore, Writer

AT_ONCE = 500
STALE_AFTER_S = 60.0

log = structlog.get_logger(__name__)


def create(
    store: UploadStore, length_bytes: int, said: str, claim: media.Claim, actor: Actor
) -> Upload:
    """A new upload; refused if its end would be, or if its maker has too many that are open."""
    store.blobs.check_room(length_bytes)
    with store.database.write() as session:
        db.in_commit_order(session)  # or two at once would both be the last one
        _check_open(session, store.open_max, actor)
        collections.fillable(session, claim.collections, actor)
        upload = Upload(
            made_by=actor.id,
            expires_at=db.now() + store.kept_for,
            length_bytes=length_bytes,
            said=said,
        )
        session.add(upload)
    return upload


def get(database: db.Database, upload_id: str, actor: Actor) -> Upload:
    """An upload as it is; only its maker may know of it."""
    with database.read() as session:
        return _own(db.uploads.find(session, upload_id), actor)


def show(upload: Upload) -> UploadAnswer:
    """An upload as the API shows it."""
    links = {"self": f"/v1/uploads/{upload.id}"}
    if upload.media_id:
        links["media"] = f"/v1/media/{upload.media_id}"
    return UploadAnswer(
        id=upload.id,
        offset_bytes=upload.offset_bytes,
        length_bytes=upload.length_bytes,
        made_at=upload.made_at,
        expires_at=upload.expires_at,
        media_id=upload.media_id,
        duplicate=upload.duplicate,
        failure=UploadFailure.model_validate(upload.failure) if upload.failure else None,
        links=links,
    )


def ask(database: db.Database, upload_id: str, actor: Actor) -> Upload:
    """Say that a request wants to go on with it, which tells an older one to stop."""
    with database.write() as session:
        upload = _own(db.uploads.locked(session, upload_id), actor)
        if not upload.is_settled:
            upload.writer = uuid.uuid4().hex
    return upload


def is_superseded(database: db.Database, upload: Upload) -> bool:
    """Whether a later request has asked for it."""
    with database.read() as session:
        return db.uploads.writer(session, upload.id) != upload.writer


def open_for(store: UploadStore, asked: Upload) -> Upload | Writer | None:
    """Open an upload for one request: a Writer, which the caller closes.

    None while an older request still has it; the upload itself if that one brought it to its end.
    """
    part = store.blobs.parts.lock(asked.id)
    if part is None:
        return None
    try:
        opened = _opened(store, asked, part)
    except BaseException:
        part.close()
        raise
    if isinstance(opened, Upload):
        part.close()
    return opened


def remove(store: UploadStore, writer: Writer) -> None:
    """Forget an upload and its bytes."""
    with store.database.write() as session:
        db.uploads.forget(session, writer.upload.id)
    store.blobs.parts.remove(writer.upload.id)


def forget(database: db.Database, upload: Upload) -> None:
    """Forget an upload that is settled; its item stays."""
    with database.write() as session:
        db.uploads.forget(session, upload.id)


def sweep(database: db.Database, parts: PartFiles) -> int:
    """Remove what expired, and files that nobody needs; gives how many uploads expired."""
    with database.read() as session:
        over = db.uploads.expired(session, db.now(), AT_ONCE)
    removed = sum(_drop(database, parts, upload_id) for upload_id in over)
    for some in batched(parts.untouched(STALE_AFTER_S), AT_ONCE):
        with database.read() as session:
            needed = db.uploads.open_among(session, some)
        for name in set(some) - needed:
            parts.remove(name)
    return removed


def _check_open(session: Session, most: int, actor: Actor) -> None:
    waiting = db.uploads.open_of(session, actor.id, db.now())
    if len(waiting) >= most:
        detail = f"{most} uploads of yours are open. Finish or DELETE one of `open`, or wait."
        raise TooManyRequests(detail, open=[f"/v1/uploads/{each}" for each in waiting])


def _own(upload: Upload | None, actor: Actor) -> Upload:
    if upload is None or upload.made_by != actor.id or upload.expires_at < db.now():
        raise NotFound("There is no such upload, or it expired.")
    return upload


def _opened(store: UploadStore, asked: Upload, part: Part) -> Upload | Writer:
    with store.database.read() as session:
        upload = db.uploads.find(session, asked.id)
    if upload is None or upload.is_settled:
        store.blobs.parts.remove(asked.id)
    if upload is None:
        raise NotFound("There is no such upload, or it expired.")
    if upload.is_settled:
        return upload
    if upload.writer != asked.writer:
        raise Locked("A later request goes on with this upload.")
    if part.start_at(upload.offset_bytes) < upload.offset_bytes:
        log.warning("upload.bytes_missing", upload_id=upload.id, found=part.size_bytes)
        with store.database.write() as session:
            db.uploads.advance(session, upload.id, part.size_bytes, upload.expires_at)
        upload.offset_bytes = part.size_bytes
    return Writer(store, upload, part)


def _drop(database: db.Database, parts: PartFiles, upload_id: str) -> bool:
    part = parts.lock(upload_id)
    if part is None:
        return False
    with closing(part):
        with database.write() as session:
            gone = db.uploads.forget(session, upload_id, expired_at=db.now())
        if gone:
            parts.remove(upload_id)
    return gone
