"""The report of an item: everything that the reader may know of it, on one page to print."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from app import db, services
from app.access import Actor
from app.api.dependencies import PartsDep, Reader
from app.api.media import MediaId
from app.api.problems import documented, problem
from app.bootstrap import Parts
from app.pages import html, pdf
from app.pages.paper import Paper

router = APIRouter(prefix="/v1/media/{media_id}", tags=["media"])

_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
_HTML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {}}},
    **documented(401, 403, 404, 410),
}
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}},
    **documented(401, 403, 404, 410, 503),
}


@router.get("/report.html", response_class=Response, responses=_HTML)
def read_report(media_id: MediaId, parts: PartsDep, actor: Reader) -> Response:
    """Everything that you may know of the item as a page; sensitive pictures are blurred."""
    text = html.report(_paper(parts, media_id, actor, db.now()))
    return Response(text, media_type="text/html", headers={**_PRIVATE, **html.HEADERS})


@router.get("/report.pdf", response_class=Response, responses=_PDF)
def print_report(media_id: MediaId, parts: PartsDep, actor: Reader) -> Response:
    """The same as a tagged PDF (PDF/A-2a, PDF/UA-1), to print, to keep and to pass on."""
    made_at = db.now()
    try:
        made = pdf.report(_paper(parts, media_id, actor, made_at))
    except pdf.NotTypeset:
        detail = "The page could not be set within its limits; report.html has the same."
        return problem(503, "not_typeset", "Not typeset", detail)
    name = f"report-{media_id}-{made_at:%Y%m%dT%H%MZ}.pdf"
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)


def _paper(parts: Parts, media_id: str, actor: Actor, made_at: datetime) -> Paper:
    with parts.database.read() as session:
        known = services.report.gather(session, media_id, actor)
    return services.report.write(parts.database, parts.blobs, known, actor, made_at)
