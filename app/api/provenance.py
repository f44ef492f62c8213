"""What an item's file says of its own origin."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.api.dependencies import PartsDep, Reader, Reading
from app.api.media import MediaId
from app.api.pictures import INERT
from app.api.problems import documented
from app.schemas.provenance import ProvenanceAnswer
from app.services import provenance_views, viewing

router = APIRouter(prefix="/v1/media/{media_id}/provenance", tags=["provenance"])


@router.get("", responses=documented(401, 403, 404, 410))
def read_provenance(media_id: MediaId, session: Reading, actor: Reader) -> ProvenanceAnswer:
    """Give what was read of an item's file: credentials, container, metadata, hints; no findings."""
    return provenance_views.read(session, media_id, actor)


@router.get(
    "/manifest-store",
    response_class=Response,
    responses={200: {"content": {"application/c2pa": {}}}, **documented(401, 403, 404, 410)},
)
def read_manifest_store(media_id: MediaId, parts: PartsDep, actor: Reader) -> Response:
    """Give the bytes of the C2PA manifest store, as they stand in the file.

    It can hold a picture: of a sensitive item this is the same as reading the file.
    """
    with parts.database.read() as session:
        store = provenance_views.manifest_store(session, parts.blobs, media_id)
    viewing.file(parts.database, actor, media_id, is_continued=False)
    return Response(store, media_type="application/c2pa", headers=INERT)
