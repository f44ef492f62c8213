"""Collections and their members."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.api.dependencies import Curator, Reader, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.media import MediaId
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.db.collections import Collection
from app.schemas.collections import CollectionAnswer, NewCollection
from app.schemas.page import Page
from app.services import collections, media

router = APIRouter(prefix="/v1/collections", tags=["collections"])


@router.post(
    "",
    status_code=201,
    response_model=CollectionAnswer,
    responses=documented(401, 403, 409, 422),
)
def create_collection(body: NewCollection, actor: Curator, write: KeyedWrite) -> Response:
    """Make a collection; its slug must be free."""

    def work(session: Session) -> Answer:
        made = collections.create(session, body.slug, body.title, body.kind, actor)
        location = {"Location": f"/v1/collections/{made.slug}"}
        return Answer(_answer(made, 0), status_code=201, headers=location)

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_collections(
    session: Reading, _actor: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[CollectionAnswer]:
    """List the collections by slug."""
    found = db.collections.page(session, limit, cursor)
    members = db.collections.members(session, [each.id for each in found.items])
    answers = [_answer(each, members.get(each.id, 0)) for each in found.items]
    return Page(items=answers, next=found.next)


@router.get("/{slug}", responses=documented(401, 403, 404))
def read_collection(slug: str, session: Reading, _actor: Reader) -> CollectionAnswer:
    """Read one collection."""
    collection = collections.get(session, slug)
    members = db.collections.members(session, [collection.id])
    return _answer(collection, members.get(collection.id, 0))


@router.put("/{slug}/media/{media_id}", status_code=204, responses=documented(401, 403, 404, 410))
def add_member(slug: str, media_id: MediaId, actor: Curator, write: KeyedWrite) -> Response:
    """Make an item known material, as soon as it has a fingerprint."""

    def work(session: Session) -> Answer:
        collection, item = collections.get(session, slug), media.get(session, media_id)
        collections.add(session, collection, item.id, actor)
        return Answer()

    return write(actor, work)


@router.delete(
    "/{slug}/media/{media_id}", status_code=204, responses=documented(401, 403, 404, 410)
)
def remove_member(slug: str, media_id: MediaId, actor: Curator, write: KeyedWrite) -> Response:
    """Take an item out; in no collection, it is not known material any more."""

    def work(session: Session) -> Answer:
        collection, item = collections.get(session, slug), media.get(session, media_id)
        collections.remove(session, collection, item.id, actor)
        return Answer()

    return write(actor, work)


def _answer(collection: Collection, members: int) -> CollectionAnswer:
    return CollectionAnswer(
        slug=collection.slug,
        title=collection.title,
        kind=collection.kind,
        members=members,
        created_at=collection.created_at,
    )
