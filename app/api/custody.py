"""The custody export of one item."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from app.api.dependencies import Auditor, PartsDep
from app.api.media import MediaId
from app.api.problems import documented
from app.services.custody import Exporter, Wanted

router = APIRouter(prefix="/v1/media/{media_id}", tags=["audit"])


@router.get(
    "/custody.zip",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **documented(401, 403, 404, 410)},
)
def export_custody(
    media_id: MediaId,
    parts: PartsDep,
    actor: Auditor,
    *,
    original: Annotated[
        bool, Query(description="With the file itself; otherwise its SHA-256 stands for it.")
    ] = False,
) -> Response:
    """Everything known of an item, with its part of the audit chain, to be checked without the desk.

    The README in it says how, with `sha256sum` and `openssl`. The export itself becomes an entry
    of the chain, which is sealed for it.
    """
    exporter = Exporter(parts.database, parts.blobs, parts.sealer, parts.trusted)
    export = exporter.prepare(Wanted(media_id, actor, original))
    headers = {"Content-Disposition": f'attachment; filename="custody-{media_id}.zip"'}
    return StreamingResponse(exporter.stream(export), media_type="application/zip", headers=headers)
