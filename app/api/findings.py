"""Findings of an item, pillar by pillar: record and read them."""

from fastapi import APIRouter
from fastapi.responses import Response

from app import services
from app.api.dependencies import Reader, Reading, Recorder
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.schemas.finding_enums import Pillar
from app.schemas.findings import FindingItem, NewFinding
from app.schemas.page import Page

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/findings",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
)


@router.post("", status_code=201, response_model=FindingItem, responses=documented(412, 422))
def record_finding(body: NewFinding, actor: Recorder, write: RecordWrite) -> Response:
    """Record what you found out; it takes the place of the pillar's current finding."""
    return write(
        actor, lambda session, record: services.findings.record(session, record, body, actor)
    )


@router.get("")
def list_findings(
    *,
    media_id: str,
    actor: Reader,
    session: Reading,
    pillar: Pillar | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FindingItem]:
    """The item's findings, newest first; superseded ones stay and say by what."""
    return services.findings.read(session, media_id, pillar, limit, cursor)
