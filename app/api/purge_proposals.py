"""Proposals to purge an item: made by who works on records, decided by administrators."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import PrivacyAdmin, Reading, Recorder
from app.api.idempotency import Answer, KeyedWrite
from app.api.media import MediaId
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.errors import NotFound
from app.schemas.page import Page
from app.schemas.purging import NewPurgeProposal, PurgeProposalAnswer
from app.services import purge_proposals, verifications

router = APIRouter(prefix="/v1", tags=["privacy"])


@router.post(
    "/media/{media_id}/purge-proposal",
    status_code=201,
    response_model=PurgeProposalAnswer,
    responses=documented(401, 403, 404, 409, 410, 422),
)
def propose_purge(
    media_id: MediaId, body: NewPurgeProposal, actor: Recorder, write: KeyedWrite
) -> Response:
    """Ask an administrator to purge an item; purging it takes the proposal with it."""

    def work(session: Session) -> Answer:
        record = verifications.take(session, media_id)
        made = purge_proposals.propose(session, record, body, actor)
        return Answer(made, status_code=201)

    return write(actor, work)


@router.get("/media/{media_id}/purge-proposal", responses=documented(401, 403, 404, 410))
def read_purge_proposal(
    media_id: MediaId, session: Reading, _actor: Recorder
) -> PurgeProposalAnswer:
    """Give the open proposal to purge an item."""
    found = purge_proposals.read(session, media_id)
    if found is None:
        raise NotFound("No purge of this item is proposed.")
    return found


@router.delete(
    "/media/{media_id}/purge-proposal",
    status_code=204,
    responses=documented(401, 403, 404, 410),
)
def refuse_purge(media_id: MediaId, actor: Recorder, write: KeyedWrite) -> Response:
    """Turn a proposal down as an administrator, or take one's own back."""

    def work(session: Session) -> Answer:
        record = verifications.take(session, media_id)
        purge_proposals.refuse(session, record, actor)
        return Answer()

    return write(actor, work)


@router.get("/purge-proposals", responses=documented(401, 403, 422))
def list_purge_proposals(
    session: Reading, _actor: PrivacyAdmin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PurgeProposalAnswer]:
    """List the open proposals, oldest first."""
    return purge_proposals.listed(session, limit, cursor)
