"""A verdict that waits for another editor: read, approve or refuse it."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.api.conditional import IfMatch
from app.api.dependencies import PartsDep, Reader, Reading
from app.api.problems import documented
from app.api.record_write import RecordWrite
from app.db.verifications import Verification
from app.errors import PreconditionRequired
from app.schemas.proposals import ProposalDecision, ProposalItem
from app.schemas.verifications import VerificationRecord

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/proposal",
    tags=["verifications"],
    responses=documented(401, 403, 404, 410),
)


@router.get("")
def read_proposal(media_id: str, actor: Reader, session: Reading) -> ProposalItem:
    """What waits for another editor; 404 when nothing does."""
    return services.proposals.read(session, media_id, actor)


@router.post(
    "/approval", response_model=VerificationRecord, responses=documented(409, 412, 422, 428)
)
def approve_proposal(
    *,
    media_id: str,
    body: ProposalDecision,
    actor: Reader,
    parts: PartsDep,
    if_match: IfMatch,
    write: RecordWrite,
) -> Response:
    """Make what another person proposed. `If-Match` names the version that you approve.

    403 `four_eyes`: you proposed it yourself; 422: something that it takes is not there any more.
    """
    if not if_match.given:
        detail = "Send the record's ETag as If-Match, or 'If-Match: *' to approve any version."
        raise PreconditionRequired(detail)
    four_eyes = parts.settings.four_eyes

    def work(session: Session, record: Verification) -> VerificationRecord:
        services.proposals.approve(session, record, body.note, actor, four_eyes=four_eyes)
        return services.records.read(session, media_id, actor, four_eyes=four_eyes)

    return write(actor, work, status_code=200)


@router.post("/refusal", response_model=VerificationRecord, responses=documented(409, 412, 422))
def refuse_proposal(
    media_id: str,
    body: ProposalDecision,
    actor: Reader,
    parts: PartsDep,
    write: RecordWrite,
) -> Response:
    """Turn a proposal down, or take your own back."""

    def work(session: Session, record: Verification) -> VerificationRecord:
        services.proposals.refuse(session, record, body.note, actor)
        return services.records.read(session, media_id, actor, four_eyes=parts.settings.four_eyes)

    return write(actor, work, status_code=200)
