"""Publishing a record: what is public of it, what would be, and the editor's word that it is."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.api.conditional import IfMatch, etag
from app.api.dependencies import Editor, PartsDep, Reader, Reading, Recorder
from app.api.idempotency import Answer, KeyedWrite
from app.api.media import MediaId
from app.api.problems import documented
from app.pages import media_review
from app.schemas.publications import (
    Desk,
    PublicationAnswer,
    PublicationPreview,
    PublicationRequest,
)

router = APIRouter(
    prefix="/v1/media/{media_id}/verification/publication",
    tags=["publication"],
    responses=documented(401, 403, 404, 410),
)


def desk(parts: PartsDep) -> Desk:
    """Who publishes here."""
    return Desk(name=parts.settings.desk_name, url=parts.settings.resolved_public_url)


DeskDep = Annotated[Desk, Depends(desk)]


@router.get("")
def read_publication(media_id: MediaId, actor: Reader, session: Reading) -> PublicationAnswer:
    """What is published of the record, with every revision that the public saw."""
    return services.publication_views.state(session, media_id)


@router.get("/preview")
def preview_publication(
    media_id: MediaId, actor: Recorder, session: Reading, publisher: DeskDep
) -> PublicationPreview:
    """What publishing with the choices made last would put out now; nothing is published."""
    return _preview(session, media_id, None, publisher)


@router.post("/preview", responses=documented(422))
def preview_choices(
    media_id: MediaId,
    body: PublicationRequest,
    actor: Recorder,
    session: Reading,
    publisher: DeskDep,
) -> PublicationPreview:
    """What publishing with these choices would put out now; nothing is published."""
    return _preview(session, media_id, body, publisher)


@router.post("", response_model=PublicationAnswer, responses=documented(409, 412, 422))
def publish(
    media_id: MediaId,
    body: PublicationRequest,
    actor: Editor,
    *,
    if_match: IfMatch,
    write: KeyedWrite,
    publisher: DeskDep,
) -> Response:
    """Publish the record, or what is public of it anew. `If-Match` is optional.

    422 `missing_requirements`: `missing` names everything that it still takes; 422
    `restricted_term`: a public text holds a name that must not go out, `restricted` says where.
    """

    def work(session: Session) -> Answer:
        record = services.verifications.take(session, media_id)
        if_match.check(record.version)
        services.publication.publish(session, record, body, publisher, actor)
        shown = services.publication_views.state(session, media_id)
        return Answer(shown, headers={"ETag": etag(record.version)})

    return write(actor, work)


def _preview(
    session: Session, media_id: str, request: PublicationRequest | None, publisher: Desk
) -> PublicationPreview:
    found = services.publication_views.preview(session, media_id, request, publisher)
    return PublicationPreview(
        missing=found.missing,
        restricted=found.restricted,
        review=found.review,
        document=media_review.document(found.review),
    )
