"""Requests that go on with an upload in pieces: one has it at a time, and the latest one wins.

The latest says in the upload's row that it is there; the older one looks there twice a second, ends
what it does, and lets go. Neither the event loop nor a thread waits meanwhile.
"""

import asyncio
import time
from datetime import timedelta
from functools import partial

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app import db
from app.access import Actor
from app.api.tus import metadata_of
from app.bootstrap import Parts
from app.db.uploads import Upload
from app.door.arrivals import address_of, claim_of, in_blocks
from app.errors import Conflict, Locked, PayloadTooLarge, UnsupportedMedia
from app.schemas.webhook_enums import Rejection
from app.services import uploads
from app.services.upload_writing import UploadStore, Writer

HANDED_OVER_WITHIN_S = 10.0
IDLE_S = 60.0
_TRY_S, _LOOK_S = 0.05, 0.5


def upload_store(parts: Parts) -> UploadStore:
    """Where this desk's uploads go."""
    kept_for = timedelta(days=parts.settings.upload_part_days)
    open_max = parts.settings.upload_open_max
    return UploadStore(parts.database, parts.blobs, parts.jobs, kept_for, open_max)


async def take(parts: Parts, upload_id: str, actor: Actor) -> Upload | Writer:
    """An upload for this request alone, or as it is if it is settled."""
    asked = await run_in_threadpool(uploads.ask, parts.database, upload_id, actor)
    if asked.is_settled:
        return asked
    until = time.monotonic() + HANDED_OVER_WITHIN_S
    while True:
        opened = await run_in_threadpool(uploads.open_for, upload_store(parts), asked)
        if opened is not None:
            return opened
        if time.monotonic() > until:
            raise Locked("Another request is at this upload and does not let go. Try again.")
        await asyncio.sleep(_TRY_S)


async def receive(request: Request, parts: Parts, writer: Writer, actor: Actor) -> Upload:
    """Add a request's body to an upload; gives how far it is, or what it became."""
    upload = writer.upload
    announced = int(request.headers.get("content-length") or 0)
    if writer.offset_bytes + announced > upload.length_bytes:
        detail = f"This upload has {upload.length_bytes} bytes, as its first request says."
        raise PayloadTooLarge(detail, max_bytes=upload.length_bytes)
    parts.blobs.check_room(announced or upload.length_bytes - writer.offset_bytes)
    metadata = metadata_of(upload.said)
    try:
        cut_off = await _fed(request, parts.database, writer)
        counts = await run_in_threadpool(writer.end, cut_off=cut_off is not None)
        if counts and writer.is_whole:
            claim = claim_of(metadata.filename, metadata.fields)
            finish = partial(writer.finish, claim, address_of(request), actor)
            return await run_in_threadpool(finish)
    except UnsupportedMedia as error:
        await run_in_threadpool(writer.fail, error)
        tell = parts.refused_uploads.tell
        await run_in_threadpool(tell, Rejection.NOT_MEDIA, metadata.filename, actor)
        raise
    if cut_off:
        raise cut_off
    return upload


async def repeated(request: Request, upload: Upload, offset_bytes: int) -> Upload:
    """Answer bytes for a settled upload: the last ones again, whose answer was lost, change nothing."""
    if upload.failure:
        raise UnsupportedMedia(**upload.failure)
    announced = request.headers.get("content-length")
    sent = int(announced) if announced else 0
    if not announced:
        async for piece in request.stream():
            sent += len(piece)
            if offset_bytes + sent > upload.length_bytes:
                break
    if offset_bytes + sent != upload.length_bytes:
        raise elsewhere(upload.offset_bytes)
    return upload


def elsewhere(offset_bytes: int) -> Conflict:
    """Give the refusal of bytes that do not follow those that are there."""
    return Conflict(f"This upload goes on at byte {offset_bytes}.", offset_bytes=offset_bytes)


async def _fed(request: Request, database: db.Database, writer: Writer) -> Locked | None:
    """Feed the body to its end; gives why it was cut off before that, if it was."""
    feeding = asyncio.ensure_future(in_blocks(request.stream(), writer.feed))
    watching = asyncio.ensure_future(_ended_by_others(database, writer))
    both = {feeding, watching}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in both:
            each.cancel()
        await asyncio.wait(both)
    if feeding.cancelled():
        return watching.result()
    try:
        feeding.result()
    except ClientDisconnect:
        return Locked("The connection broke.")  # nobody is there to read it
    return None


async def _ended_by_others(database: db.Database, writer: Writer) -> Locked:
    """Wait until a later request wants the upload, or nothing comes any more."""
    seen_bytes, seen_at_s = writer.offset_bytes, time.monotonic()
    while True:
        await asyncio.sleep(_LOOK_S)
        if await run_in_threadpool(uploads.is_superseded, database, writer.upload):
            return Locked("A later request goes on with this upload.")
        if writer.offset_bytes != seen_bytes:
            seen_bytes, seen_at_s = writer.offset_bytes, time.monotonic()
        if time.monotonic() - seen_at_s > IDLE_S:
            return Locked(f"Nothing came for {IDLE_S:.0f} seconds. Ask how far it is, and go on.")
