"""Partners: the other desks on the allow-list."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.api.dependencies import Curator, KeyAdmin, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.exchange import NewPartner, PartnerItem
from app.schemas.page import Page
from app.services import partners

router = APIRouter(prefix="/v1/partners", tags=["exchange"])


@router.post(
    "", status_code=201, response_model=PartnerItem, responses=documented(401, 403, 409, 422)
)
def add_partner(body: NewPartner, actor: KeyAdmin, write: KeyedWrite) -> Response:
    """Put another desk on the allow-list."""

    def work(session: Session) -> Answer:
        made = partners.add(session, body, actor)
        return Answer(PartnerItem.model_validate(made), status_code=201)

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_partners(
    session: Reading, _actor: Curator, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PartnerItem]:
    """List the partners, the newest first; removed ones too."""
    page = db.partners.page(session, limit, cursor)
    return Page(items=[PartnerItem.model_validate(each) for each in page.items], next=page.next)


@router.delete("/{partner_id}", status_code=204, responses=documented(401, 403, 404))
def remove_partner(partner_id: str, actor: KeyAdmin, write: KeyedWrite) -> Response:
    """Take a desk off the list; the hash lists that it filled stay."""

    def work(session: Session) -> Answer:
        partners.remove(session, partner_id, actor)
        return Answer()

    return write(actor, work)
