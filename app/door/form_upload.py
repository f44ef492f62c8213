"""A file and what is said of it in one multipart request: received block by block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from app.access import Actor
from app.bootstrap import Parts
from app.door.arriving_file import too_large
from app.door.multipart import UploadForm
from app.errors import PayloadTooLarge, UnsupportedMedia
from app.schemas.webhook_enums import Rejection

FORM_MAX_BYTES = 1024 * 1024  # boundaries, headers and fields around the file


@asynccontextmanager
async def receiving(request: Request, parts: Parts, actor: Actor) -> AsyncIterator[UploadForm]:
    """A form to be fed with the request's body; what is refused meanwhile is told to the desk."""
    max_bytes = parts.settings.upload_max_bytes
    announced = int(request.headers.get("content-length") or 0)
    if announced > max_bytes + FORM_MAX_BYTES:
        await _tell(parts, Rejection.TOO_LARGE, "", actor)
        raise too_large(max_bytes)
    parts.blobs.check_room(announced)
    content_type = request.headers.get("content-type", "")
    form = UploadForm(content_type, max_bytes, parts.blobs.receive)
    try:
        yield form
    except UnsupportedMedia:
        await _tell(parts, Rejection.NOT_MEDIA, form.filename, actor)
        raise
    except PayloadTooLarge:
        await _tell(parts, Rejection.TOO_LARGE, form.filename, actor)
        raise
    finally:
        form.close()


async def _tell(parts: Parts, reason: Rejection, filename: str, actor: Actor) -> None:
    await run_in_threadpool(parts.refused_uploads.tell, reason, filename, actor)
