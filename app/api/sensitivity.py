"""What an item shows that takes care: read it, set it, take it back."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.api.conditional import IfMatch, etag
from app.api.dependencies import Reader, Reading, Recorder
from app.api.idempotency import Answer, KeyedWrite
from app.api.media import MediaId
from app.api.problems import documented
from app.schemas.restricted_terms import RestrictedTerms
from app.schemas.sensitivity import SensitivityAnswer, SensitivityChange
from app.services import media, restricted_terms, sensitivity, verifications

router = APIRouter(prefix="/v1/media/{media_id}", tags=["privacy"])


@router.get("/sensitivity", responses=documented(401, 403, 404, 410))
def read_sensitivity(media_id: MediaId, session: Reading, _actor: Reader) -> SensitivityAnswer:
    """Give an item's flags, who set them, and how it is to be shown."""
    media.get(session, media_id)
    return sensitivity.read(session, media_id)


@router.put(
    "/sensitivity",
    response_model=SensitivityAnswer,
    responses=documented(401, 403, 404, 410, 412, 422),
)
def set_sensitivity(
    media_id: MediaId,
    body: SensitivityChange,
    actor: Recorder,
    if_match: IfMatch,
    write: KeyedWrite,
) -> Response:
    """Set all flags of an item; a flag that is left out is taken away, which only editors may.

    `If-Match` with the record's version is optional.
    """

    def work(session: Session) -> Answer:
        record = verifications.take(session, media_id)
        if_match.check(record.version)
        sensitivity.change(session, record, body, actor)
        shown = sensitivity.read(session, media_id)
        return Answer(shown, headers={"ETag": etag(record.version)})

    return write(actor, work)


@router.get("/restricted-terms", responses=documented(401, 403, 404, 410))
def read_restricted_terms(media_id: MediaId, session: Reading, _actor: Recorder) -> RestrictedTerms:
    """Give the names and numbers that must not leave the house with an item."""
    media.get(session, media_id)
    return RestrictedTerms(terms=db.restricted_terms.of_media(session, media_id))


@router.put("/restricted-terms", status_code=204, responses=documented(401, 403, 404, 410, 422))
def set_restricted_terms(
    media_id: MediaId, body: RestrictedTerms, actor: Recorder, write: KeyedWrite
) -> Response:
    """Put terms in place of an item's; nothing but their number is written anywhere else."""

    def work(session: Session) -> Answer:
        record = verifications.take(session, media_id)
        restricted_terms.replace(session, record, body.terms, actor)
        return Answer()

    return write(actor, work)
