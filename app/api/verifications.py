"""Verification records: read, list, conclude, and what happened to them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db, services
from app.access import Actor
from app.api.conditional import UNCHANGED, IfMatch, IfNoneMatch, Precondition, etag
from app.api.dependencies import PartsDep, Reader, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.api.status_filter import AskedStatus
from app.errors import PreconditionRequired
from app.schemas.page import Page
from app.schemas.record_enums import AttentionReason, ClaimState, PublicationState, RightsState
from app.schemas.verifications import (
    HistoryItem,
    TransitionRequest,
    VerificationRecord,
    VerificationSummary,
)
from app.services import concluding

router = APIRouter(prefix="/v1", tags=["verifications"], responses=documented(401, 403, 404))


def _concluder(actor: Reader) -> Actor:
    concluding.refuse_bystanders(actor)
    return actor


Concluder = Annotated[Actor, Depends(_concluder)]


def _tag(record: VerificationRecord) -> str:
    # Other records' verdicts, and what a way still takes, change without this one's version.
    return etag(record.version, record)


def _shown(record: VerificationRecord, if_none_match: Precondition) -> Response:
    answer = if_none_match.answer(record, _tag(record))
    # What is legal depends on who asks.
    answer.headers["Vary"] = "Authorization"
    return answer


@router.get(
    "/media/{media_id}/verification",
    response_model=VerificationRecord,
    responses={**UNCHANGED, **documented(410)},
)
def read_record(
    media_id: str, actor: Reader, parts: PartsDep, session: Reading, if_none_match: IfNoneMatch
) -> Response:
    """The item's record, with what you may do next and what that takes."""
    four_eyes = parts.settings.four_eyes
    record = services.records.read(session, media_id, actor, four_eyes=four_eyes)
    return _shown(record, if_none_match)


@router.get(
    "/verifications/by-hash/{digest}", response_model=VerificationRecord, responses=UNCHANGED
)
def read_record_by_hash(
    digest: str, actor: Reader, parts: PartsDep, session: Reading, if_none_match: IfNoneMatch
) -> Response:
    """The record of the item with exactly this content, named as `sha256:…`."""
    media_id = services.records.named(session, digest)
    return read_record(media_id, actor, parts, session, if_none_match)


def _filter(
    *,
    status: AskedStatus,
    assignee: str | None = None,
    tag: str | None = None,
    collection: str | None = None,
    q: Annotated[
        str | None,
        Query(max_length=500, description="Words of the item; its whole id or SHA-256."),
    ] = None,
    attention: Annotated[
        list[AttentionReason | Literal["any"]] | None,
        Query(description="Open reasons to look again; repeatable. `any`: whatever it is."),
    ] = None,
    claim_state: Annotated[
        ClaimState | None, Query(description="With at least one claim in this state.")
    ] = None,
    publication: PublicationState | None = None,
    rights: RightsState | None = None,
    has_conflict: Annotated[
        bool | None, Query(description="Whether sources contradict each other.")
    ] = None,
) -> db.verification_lists.RecordFilter:
    media = db.media_lists.MediaFilter(collection=collection, tag=tag, words=q)
    named = attention or []
    return db.verification_lists.RecordFilter(
        media,
        status.at,
        status.not_be_at,
        assignee,
        attention=tuple(AttentionReason) if "any" in named else tuple(map(AttentionReason, named)),
        claim_state=claim_state,
        publication=publication,
        rights=rights,
        has_conflict=has_conflict,
    )


@router.get("/verifications")
def list_records(
    wanted: Annotated[db.verification_lists.RecordFilter, Depends(_filter)],
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[VerificationSummary]:
    """Records, last opened first."""
    return services.records.listed(session, wanted, limit, cursor)


@router.post(
    "/media/{media_id}/verification/transitions",
    response_model=VerificationRecord,
    responses={
        202: {"model": VerificationRecord, "description": "Proposed; another editor approves it."},
        **documented(409, 410, 412, 422, 428),
    },
)
def transition(
    *,
    media_id: str,
    body: TransitionRequest,
    actor: Concluder,
    parts: PartsDep,
    if_match: IfMatch,
    write: KeyedWrite,
) -> Response:
    """Change the status. `If-Match` names the version that you decided on, or `*` for any.

    202: it takes another editor and is proposed; the same request by another editor approves it.
    412: someone changed the record since; 409: no such way, `legal` lists those there are;
    422: `missing` names everything that it still takes.
    """
    if not if_match.given:
        detail = "Send the record's ETag as If-Match, or 'If-Match: *' to decide on any version."
        raise PreconditionRequired(detail)
    four_eyes = parts.settings.four_eyes

    def work(session: Session) -> Answer:
        record = services.verifications.take(session, media_id)
        if_match.check(record.version)
        outcome = services.transitions.apply(session, record, body, actor, four_eyes=four_eyes)
        shown = services.records.read(session, media_id, actor, four_eyes=four_eyes)
        status = 202 if outcome is services.transitions.Outcome.PROPOSED else 200
        return Answer(shown, status_code=status, headers={"ETag": _tag(shown)})

    return write(actor, work)


@router.get("/media/{media_id}/verification/history")
def read_history(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[HistoryItem]:
    """Every change of the record, oldest first."""
    return services.history.read(session, media_id, actor, limit, cursor)
