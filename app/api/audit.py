"""The audit chain: read, verified, sealed; and whether stored files are as they arrived."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.api.dependencies import Auditor, PartsDep, Reading
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.db.audit_reading import AuditFilter
from app.schemas.audit import FixityOutcome
from app.schemas.audit_answers import AuditItem, AuditReport, CheckpointItem, FixityItem
from app.schemas.fields import Instant
from app.schemas.page import Page
from app.services import auditing, integrity

router = APIRouter(prefix="/v1", tags=["audit"], responses=documented(401, 403))


def _filter(
    *,
    media_id: str | None = None,
    actor: Annotated[str | None, Query(description="A key's id.")] = None,
    action: Annotated[
        str | None, Query(description="An action, or a prefix such as `record.*`.")
    ] = None,
    subject: Annotated[str | None, Query(description="A kind such as `note`.")] = None,
    subject_id: str | None = None,
    since: Instant | None = None,
    until: Instant | None = None,
) -> AuditFilter:
    return AuditFilter(media_id, actor, action, subject, subject_id, since, until)


@router.get("/audit", responses=documented(422))
def list_entries(
    wanted: Annotated[AuditFilter, Depends(_filter)],
    actor: Auditor,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[AuditItem]:
    """Everything that was done, the newest first, with payloads that were not erased."""
    return auditing.listed(session, wanted, actor, limit, cursor)


@router.get("/audit/verify")
def verify(parts: PartsDep, _actor: Auditor) -> AuditReport:
    """Verify the chain, the rows it vouches for, and the checkpoints; `faults` says what is wrong.

    It proves that what is recorded is unchanged since it was recorded, not that it is true. A new
    fault is told as `integrity.failed`. Files are re-read by the worker: `GET /v1/fixity`.
    """
    return integrity.verify(parts.database, parts.trusted)


@router.get("/audit/checkpoints", responses=documented(422))
def list_checkpoints(
    parts: PartsDep,
    _actor: Auditor,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[CheckpointItem]:
    """The signed checkpoints, the newest first, and how far their time stamps are."""
    return auditing.checkpoints(session, parts.trusted.folder, limit, cursor)


@router.get("/fixity", responses=documented(422))
def list_readings(
    _actor: Auditor,
    session: Reading,
    outcome: FixityOutcome | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FixityItem]:
    """When stored files were last read and hashed again, and what was found."""
    return auditing.readings(session, outcome, limit, cursor)
