"""Fact checks of others as people see them; none of them ever sets a status."""

from sqlalchemy.orm import Session

from app import db
from app.db.fact_checks import FactCheck
from app.db.paging import Paged
from app.errors import NotFound
from app.schemas.fact_checks import FactCheckAnswer
from app.schemas.page import Page
from app.services import media


def search(
    session: Session, words: str | None, url: str | None, limit: int, cursor: str | None
) -> Page[FactCheckAnswer]:
    """One page of those that hold every word and concern an address, newest first."""
    return _shown(session, db.fact_checks.page(session, words, url, limit, cursor))


def of_media(
    session: Session, media_id: str, limit: int, cursor: str | None
) -> Page[FactCheckAnswer]:
    """One page of those that an item came with, or that review where it came from."""
    media.get(session, media_id)
    return _shown(session, db.fact_checks.of_media(session, media_id, limit, cursor))


def get(session: Session, fact_check_id: str) -> FactCheckAnswer:
    """The fact check with this id."""
    found = db.fact_checks.find(session, fact_check_id)
    if found is None:
        raise NotFound("There is no such fact check.")
    return _shown(session, Paged([found], None)).items[0]


def _shown(session: Session, page: Paged[FactCheck]) -> Page[FactCheckAnswer]:
    media_ids = db.fact_checks.media_of(session, [each.id for each in page.items])
    items = [
        FactCheckAnswer(
            id=each.id,
            kind=each.kind,
            url=each.url,
            claim=each.claim,
            verdict=each.verdict,
            author=each.author,
            author_url=each.author_url,
            published_at=each.published_at,
            appearances=each.links,
            media_ids=media_ids.get(each.id, []),
            imported_at=each.imported_at,
            updated_at=each.updated_at,
            links={"self": f"/v1/fact-checks/{each.id}"},
        )
        for each in page.items
    ]
    return Page(items=items, next=page.next)
