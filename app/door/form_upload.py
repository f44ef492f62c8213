"""A file and what is said of it in one multipart request: received, and entered in the books."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from app.access import Actor
from app.blobs.local import Incoming
from app.bootstrap import Parts
from app.door.multipart import UploadForm, too_large
from app.errors import PayloadTooLarge, UnsupportedMedia
from app.schemas.webhook_enums import Rejection
from app.services import leftovers

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


@contextmanager
def adopted(parts: Parts, incoming: Incoming) -> Iterator[Callable[[], None]]:
    """The file among the stored ones; it stays if what is called says that an item has it now."""
    incoming.sync()
    parts.blobs.adopt(incoming)
    is_kept = False

    def keep() -> None:
        nonlocal is_kept
        is_kept = True

    try:
        yield keep
    finally:
        # Refused, failed, or done long ago: the file that was just adopted may be nobody's.
        if not is_kept:
            leftovers.drop_content(parts.database, parts.blobs, incoming.sha256)


async def _tell(parts: Parts, reason: Rejection, filename: str, actor: Actor) -> None:
    await run_in_threadpool(parts.refused_uploads.tell, reason, filename, actor)
