"""Matches: what an item shares with which other, and what people say of it."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db, services
from app.api.dependencies import Reader, Reading, Recorder
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.core.policy import Grade
from app.schemas.enums import Shelf
from app.schemas.matches import MatchItem, MatchPage, ReviewRequest

router = APIRouter(prefix="/v1", tags=["matches"], responses=documented(401, 403, 404))


class MatchSide(StrEnum):
    """At which end of its matches an item is asked about."""

    QUERY = "query"
    KNOWN = "known"


def _filter(
    media_id: str,
    grade: Annotated[
        list[Grade] | None, Query(description="Only these grades; repeatable.")
    ] = None,
    side: Annotated[
        MatchSide, Query(description="`known`: the uploads that this item was found in.")
    ] = MatchSide.QUERY,
    against: Annotated[
        Shelf | None, Query(description="Only those with known material, or with uploads.")
    ] = None,
) -> db.matches.MatchFilter:
    as_known = side is MatchSide.KNOWN
    return db.matches.MatchFilter(media_id, as_known, tuple(grade or ()), against)


@router.get("/media/{media_id}/matches", responses=documented(410))
def list_matches(
    wanted: Annotated[db.matches.MatchFilter, Depends(_filter)],
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> MatchPage:
    """The item's matches with known material and with other uploads, by grade and confidence."""
    return services.matches.listed(session, wanted, limit, cursor)


@router.get("/matches/{match_id}")
def read_match(match_id: str, actor: Reader, session: Reading) -> MatchItem:
    """One match."""
    return services.matches.read(session, match_id)


@router.post("/matches/{match_id}/review", response_model=MatchItem, responses=documented(409, 410))
def review_match(
    match_id: str, body: ReviewRequest, actor: Recorder, write: KeyedWrite
) -> Response:
    """Say what you conclude; a rejected pair stays silent for ever."""

    def work(session: Session) -> Answer:
        return Answer(services.matches.review(session, match_id, body, actor))

    return write(actor, work)


@router.delete(
    "/matches/{match_id}/review", response_model=MatchItem, responses=documented(409, 410)
)
def take_back_review(match_id: str, actor: Recorder, write: KeyedWrite) -> Response:
    """Take back your own decision of the last ten minutes; the one before it stands again."""

    def work(session: Session) -> Answer:
        return Answer(services.reviews.take_back(session, match_id, actor))

    return write(actor, work)
