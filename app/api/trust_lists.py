"""Trust lists: whose signatures in Content Credentials this desk trusts."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import PartsDep, Reader, Reading, TrustAdmin
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.page import Page
from app.schemas.trust_lists import NewTrustList, TrustListItem
from app.services import trust_lists

router = APIRouter(prefix="/v1/trust-lists", tags=["provenance"])


@router.post(
    "", status_code=201, response_model=TrustListItem, responses=documented(401, 403, 409, 422)
)
def import_trust_list(
    body: NewTrustList, parts: PartsDep, actor: TrustAdmin, write: KeyedWrite
) -> Response:
    """Import a list of certificates; what is signed is then validated again."""

    def work(session: Session) -> Answer:
        made = trust_lists.add(session, parts.jobs, body, actor)
        return Answer(TrustListItem.model_validate(made), status_code=201)

    return write(actor, work)


@router.get("", responses=documented(401, 403))
def list_trust_lists(
    session: Reading, _actor: Reader, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[TrustListItem]:
    """List all, the one imported last first; removed ones too, because readings name them."""
    return trust_lists.listed(session, limit, cursor)


@router.delete("/{list_id}", status_code=204, responses=documented(401, 403, 404))
def remove_trust_list(
    list_id: str, parts: PartsDep, actor: TrustAdmin, write: KeyedWrite
) -> Response:
    """Take a list out of force; what is signed is then validated again."""

    def work(session: Session) -> Answer:
        trust_lists.remove(session, parts.jobs, list_id, actor)
        return Answer()

    return write(actor, work)
