"""Stills for a reverse search: a ZIP that a person hands on; the desk itself sends nothing."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.desk.items import MediaId
from app.desk.signed_in import Viewer
from app.door.requests import PartsDep
from app.errors import NotFound
from app.services import media, prepared_stills, viewing

router = APIRouter(prefix="/media/{media_id}")


@router.get("/stills.zip")
def download(
    media_id: MediaId,
    parts: PartsDep,
    actor: Viewer,
    *,
    blurred: Annotated[bool, Query()] = True,
) -> Response:
    """Give some stills of an item, as this reader may see them, named by their times."""
    with parts.database.read() as session:
        media.get(session, media_id)
    view = viewing.admit(parts.database, actor, [media_id], blurred=blurred)
    made = prepared_stills.pack(parts.blobs, media_id, view)
    if made is None:
        raise NotFound("This item has no stills yet.")
    viewing.note(parts.database, actor, view, "stills.zip")
    name = f'attachment; filename="stills-{media_id}.zip"'
    return Response(made, media_type="application/zip", headers={"Content-Disposition": name})
