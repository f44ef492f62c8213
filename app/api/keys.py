"""API keys: made, listed, revoked."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.api.dependencies import KeyAdmin, PartsDep, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.keys import KeyAnswer, NewKeyAnswer, NewKeyRequest
from app.schemas.page import Page
from app.services import keys

router = APIRouter(prefix="/v1/keys", tags=["keys"])


@router.post("", status_code=201, response_model=NewKeyAnswer, responses=documented(401, 403, 422))
def create_key(body: NewKeyRequest, actor: KeyAdmin, write: KeyedWrite) -> Response:
    """Make a key that may do no more than its maker's; its token is in this answer only."""

    def work(session: Session) -> Answer:
        made = keys.grant(session, actor, body)
        shown = KeyAnswer.model_validate(made.key)
        # A replay shows the key without its token, which is kept nowhere.
        answer, kept = (
            NewKeyAnswer(**shown.model_dump(), token=each) for each in (made.token, None)
        )
        return Answer(answer, status_code=201, kept=kept)

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_keys(
    session: Reading, _actor: KeyAdmin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[KeyAnswer]:
    """List all keys, newest first, revoked ones too."""
    found = db.keys.page(session, limit, cursor)
    return Page(items=[KeyAnswer.model_validate(key) for key in found.items], next=found.next)


@router.delete("/{key_id}", status_code=204, responses=documented(401, 403, 404))
def revoke_key(key_id: str, parts: PartsDep, actor: KeyAdmin) -> Response:
    """Revoke a key, from this moment on; it stays in the list."""
    with parts.database.write() as session:
        keys.revoke(session, key_id, actor)
    return Response(status_code=204)
