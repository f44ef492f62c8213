"""Files that are asked about: received into a place of their own, and handed to a worker."""

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from app.access import Actor
from app.blobs.local import Incoming
from app.bootstrap import Parts
from app.door.arrivals import in_blocks
from app.door.arriving_file import ArrivingFile, too_large
from app.door.form_upload import FORM_MAX_BYTES
from app.door.multipart import UploadForm
from app.services import lookups

MAX_BYTES = 1024**3
UNLIMITED_BYTES = 1 << 62  # what a file may have is checked as it comes


async def ask_about_form(request: Request, parts: Parts, actor: Actor) -> str:
    """Ask about the part `file` of a form; gives the lookup's id."""
    max_bytes = _check_announced(request, parts)
    content_type = request.headers.get("content-type", "")
    form = UploadForm(content_type, max_bytes, parts.blobs.receive_passing)
    try:
        await in_blocks(request.stream(), form.feed)
        incoming, _ = form.finish()
        return await run_in_threadpool(_ask, parts, incoming, actor)
    finally:
        form.close()


async def ask_about_body(request: Request, parts: Parts, actor: Actor) -> str:
    """Ask about the file that is the body; gives the lookup's id."""
    max_bytes = _check_announced(request, parts)
    file = ArrivingFile(parts.blobs.receive_passing(), max_bytes)
    try:
        await in_blocks(request.stream(), file.feed)
        file.end()
        return await run_in_threadpool(_ask, parts, file.incoming, actor)
    finally:
        file.incoming.close()


def _ask(parts: Parts, incoming: Incoming, actor: Actor) -> str:
    return lookups.ask_about(parts.database, parts.blobs, parts.jobs, incoming, actor)


def _check_announced(request: Request, parts: Parts) -> int:
    """Refuse what says that it is too large; gives how large a file may be."""
    max_bytes = min(MAX_BYTES, parts.settings.upload_max_bytes)
    announced = int(request.headers.get("content-length") or 0)
    if announced > max_bytes + FORM_MAX_BYTES:
        raise too_large(max_bytes)
    parts.blobs.check_room(announced)
    return max_bytes
