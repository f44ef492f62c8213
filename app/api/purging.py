"""The end of an item: deleted by who may, purged on somebody's word, and the tombstone left."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from app import db
from app.api.dependencies import PartsDep, PrivacyAdmin, Reader
from app.api.idempotency import REPLAYED, Answer, KeyedWrite
from app.api.media import MediaId
from app.api.problems import documented
from app.bootstrap import Parts
from app.errors import NotFound
from app.schemas.purging import PurgeRequest, TombstoneAnswer
from app.services import late_purges, purging, shredding, tombstones

router = APIRouter(prefix="/v1/media/{media_id}", tags=["privacy"])


_BEGUN: dict[int | str, dict[str, Any]] = {
    202: {"description": "Ordered; what cannot be removed yet is tried again."}
}


@router.delete("", status_code=204, responses={**_BEGUN, **documented(401, 403, 404, 409, 410)})
def delete_media(media_id: MediaId, parts: PartsDep, actor: Reader) -> Response:
    """Purge an item: an admin any, anybody what only they uploaded while it is unreviewed."""
    with parts.database.write() as session:
        wanted = purging.deletion(session, media_id, actor)
        purging.order(session, media_id, wanted, actor)
    return Response(status_code=204 if shredding.finish(parts.shredder, media_id) else 202)


@router.post(
    "/purge",
    response_model=TombstoneAnswer,
    responses=documented(401, 403, 404, 409, 410, 422),
)
def purge_media(
    media_id: MediaId, body: PurgeRequest, parts: PartsDep, actor: PrivacyAdmin, write: KeyedWrite
) -> Response:
    """Purge an item on somebody's word; its record's history stays, emptied of what it said.

    Of one that was purged before, the law takes away what is still public. Not `complete` while something
    of it cannot be removed: that is tried again.
    """

    def work(session: Session) -> Answer:
        left = late_purges.order(session, media_id, body, actor, parts.purge_list)
        return Answer(tombstones.answer(session, left))

    ordered = write(actor, work)
    shredding.finish(parts.shredder, media_id)
    repeated = {REPLAYED: ordered.headers[REPLAYED]} if REPLAYED in ordered.headers else {}
    left = _tombstone(parts, media_id)
    return JSONResponse(left.model_dump(mode="json"), headers=repeated)


@router.get("/tombstone", responses=documented(401, 403, 404))
def read_tombstone(media_id: MediaId, parts: PartsDep, _actor: Reader) -> TombstoneAnswer:
    """Give what is left of a purged item."""
    return _tombstone(parts, media_id)


def _tombstone(parts: Parts, media_id: str) -> TombstoneAnswer:
    with parts.database.read() as session:
        left = db.tombstones.find(session, media_id)
        if left is None:
            raise NotFound("There is no such purged item.")
        return tombstones.answer(session, left)
