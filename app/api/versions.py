"""Versions: the same footage from several senders, as one group."""

from fastapi import APIRouter

from app.api.dependencies import Reader, Reading
from app.api.media import MediaId
from app.api.problems import documented
from app.schemas.versions import VersionList
from app.services import versions

router = APIRouter(prefix="/v1", tags=["matches"], responses=documented(401, 403, 404, 410))


@router.get("/media/{media_id}/versions")
def list_versions(media_id: MediaId, actor: Reader, session: Reading) -> VersionList:
    """The item and each other that is proven to share its footage, with how each of them came."""
    return versions.of_item(session, media_id, actor)
