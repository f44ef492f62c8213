"""What people do on an item's page: retry, promote to known material, close a reason to look."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.access import Actor
from app.bootstrap import Parts
from app.desk.forms import Form, FormDep
from app.desk.items import MediaId, item_page
from app.desk.refusals import Refusal, attempt
from app.desk.said import Said
from app.desk.signed_in import Curator, Recorder, Uploader
from app.door.requests import PartsDep
from app.schemas.attention import AttentionClosure
from app.services import collections, media, verifications

router = APIRouter(prefix="/media/{media_id}")


class Act:
    """An act on an item: done in one transaction and shown, or refused in place."""

    def __init__(
        self, request: Request, parts: Parts, actor: Actor, form: Form | None = None
    ) -> None:
        self._request, self._parts, self._actor, self._form = request, parts, actor, form

    def __call__(self, media_id: str, work: Callable[[Session], object]) -> Response:
        """Do `work` and show the item."""

        def refused(refusal: Refusal) -> Response:
            said = Said(refusal, self._form)
            return item_page(self._request, self._parts, self._actor, media_id, said=said)

        return attempt(self._parts.database, work, f"/desk/media/{media_id}", refused)


@router.post("/retry")
def retry(request: Request, media_id: MediaId, parts: PartsDep, actor: Uploader) -> Response:
    """Try an item again that failed for a reason that may pass."""
    act = Act(request, parts, actor)
    return act(media_id, lambda session: media.retry(session, parts.jobs, media_id, actor))


@router.post("/collections")
def join(
    request: Request, media_id: MediaId, parts: PartsDep, actor: Curator, form: FormDep
) -> Response:
    """Make an item known material of a collection."""

    def work(session: Session) -> None:
        collections.add(session, collections.get(session, form.one("slug")), media_id, actor)

    return Act(request, parts, actor)(media_id, work)


@router.post("/collections/{slug}/leave")
def leave(
    request: Request, media_id: MediaId, slug: str, parts: PartsDep, actor: Curator
) -> Response:
    """Take an item out of a collection."""

    def work(session: Session) -> None:
        collections.remove(session, collections.get(session, slug), media_id, actor)

    return Act(request, parts, actor)(media_id, work)


@router.post("/attention/{attention_id}/close")
def close_reason(
    *,
    request: Request,
    media_id: MediaId,
    attention_id: str,
    parts: PartsDep,
    actor: Recorder,
    form: FormDep,
) -> Response:
    """Say what came of looking."""

    def work(session: Session) -> None:
        said = AttentionClosure.model_validate(form.body())
        record = verifications.take(session, media_id)
        services.attention.close(session, record, attention_id, said.note, actor)

    return Act(request, parts, actor, form)(media_id, work)
