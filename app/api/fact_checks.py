"""Fact checks that others published: searched, read, and beside the items that they concern."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.dependencies import Reader, Reading
from app.api.media import MediaId
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.fact_checks import FactCheckAnswer
from app.schemas.page import Page
from app.services import fact_checks

router = APIRouter(prefix="/v1", tags=["fact checks"])


@router.get("/fact-checks", responses=documented(401, 403, 422))
def search_fact_checks(
    session: Reading,
    _actor: Reader,
    q: Annotated[
        str | None, Query(max_length=200, description="Words in claim, verdict, author, links.")
    ] = None,
    url: Annotated[
        str | None, Query(max_length=2000, description="Of the fact check or what it reviews.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FactCheckAnswer]:
    """List the fact checks that hold every word and concern the address, newest first."""
    return fact_checks.search(session, q, url, limit, cursor)


@router.get("/fact-checks/{fact_check_id}", responses=documented(401, 403, 404))
def read_fact_check(fact_check_id: str, session: Reading, _actor: Reader) -> FactCheckAnswer:
    """Read one fact check."""
    return fact_checks.get(session, fact_check_id)


@router.get("/media/{media_id}/fact-checks", responses=documented(401, 403, 404, 410, 422))
def list_fact_checks_of_media(
    media_id: MediaId,
    session: Reading,
    _actor: Reader,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FactCheckAnswer]:
    """List those that an item came with, or whose links are where it came from."""
    return fact_checks.of_media(session, media_id, limit, cursor)
