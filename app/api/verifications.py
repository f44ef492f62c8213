"""Verification records: read, list, conclude, note, and what happened to them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db, services
from app.access import Actor
from app.api.conditional import IfMatch, IfNoneMatch, Precondition, etag
from app.api.dependencies import Reader, Reading, Uploader
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.errors import PreconditionRequired, Unprocessable
from app.schemas.enums import VerificationStatus
from app.schemas.page import Page
from app.schemas.verifications import (
    HistoryItem,
    NewNote,
    NoteItem,
    TransitionRequest,
    VerificationRecord,
    VerificationSummary,
)

router = APIRouter(prefix="/v1", tags=["verifications"], responses=documented(401, 403, 404))


def _concluder(actor: Reader) -> Actor:
    services.transitions.refuse_bystanders(actor)
    return actor


Concluder = Annotated[Actor, Depends(_concluder)]


def _shown(record: VerificationRecord, if_none_match: Precondition) -> Response:
    answer = if_none_match.answer(record, etag(record.version))
    # What is legal depends on who asks.
    answer.headers["Vary"] = "Authorization"
    return answer


@router.get("/media/{media_id}/verification", response_model=VerificationRecord)
def read_record(
    media_id: str, actor: Reader, session: Reading, if_none_match: IfNoneMatch
) -> Response:
    """The item's record, with what you may do next and what that takes."""
    return _shown(services.records.read(session, media_id, actor), if_none_match)


@router.get("/verifications/by-hash/{digest}", response_model=VerificationRecord)
def read_record_by_hash(
    digest: str, actor: Reader, session: Reading, if_none_match: IfNoneMatch
) -> Response:
    """The record of the item with exactly this content, named as `sha256:…`."""
    return _shown(services.records.read_by_hash(session, digest, actor), if_none_match)


def _status_filter(
    status: Annotated[str | None, Query(description="A status, or `!void`: any but that.")] = None,
) -> tuple[VerificationStatus | None, VerificationStatus | None]:
    if status is None:
        return None, None
    try:
        wanted = VerificationStatus(status.removeprefix("!"))
    except ValueError as error:
        known = ", ".join(VerificationStatus)
        raise Unprocessable(f"There is no status '{status}'; there are: {known}.") from error
    return (None, wanted) if status.startswith("!") else (wanted, None)


def _filter(
    status: Annotated[
        tuple[VerificationStatus | None, VerificationStatus | None], Depends(_status_filter)
    ],
    assignee: str | None = None,
    tag: str | None = None,
    collection: str | None = None,
    q: Annotated[str | None, Query(max_length=500, description="Words of the item.")] = None,
) -> db.verification_lists.RecordFilter:
    media = db.media_lists.MediaFilter(collection=collection, tag=tag, words=q)
    return db.verification_lists.RecordFilter(media, *status, assignee)


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
    responses=documented(409, 412, 422, 428),
)
def transition(
    media_id: str, body: TransitionRequest, actor: Concluder, if_match: IfMatch, write: KeyedWrite
) -> Response:
    """Change the status. `If-Match` names the version that you decided on, or `*` for any.

    412: someone changed the record since; 409: no such way, `legal` lists those there are;
    422: `missing` names everything that it still takes.
    """
    if not if_match.given:
        detail = "Send the record's ETag as If-Match, or 'If-Match: *' to decide on any version."
        raise PreconditionRequired(detail)

    def work(session: Session) -> Answer:
        record = services.verifications.take(session, media_id)
        if_match.check(record.version)
        services.transitions.apply(session, record, body, actor)
        shown = services.records.read(session, media_id, actor)
        return Answer(shown, headers={"ETag": etag(shown.version)})

    return write(actor, work)


@router.post(
    "/media/{media_id}/verification/notes",
    status_code=201,
    response_model=NoteItem,
    responses=documented(409, 412, 422),
)
def add_note(
    media_id: str, body: NewNote, actor: Uploader, if_match: IfMatch, write: KeyedWrite
) -> Response:
    """Write a note; it can be corrected only by one that supersedes it. `If-Match` is optional."""

    def work(session: Session) -> Answer:
        record = services.verifications.take(session, media_id)
        if_match.check(record.version)
        note = services.notes.add(session, record, body, actor)
        return Answer(note, status_code=201, headers={"ETag": etag(record.version)})

    return write(actor, work)


@router.get("/media/{media_id}/verification/notes")
def list_notes(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[NoteItem]:
    """The record's notes, oldest first; superseded ones stay."""
    return services.notes.read(session, media_id, limit, cursor)


@router.get("/media/{media_id}/verification/history")
def read_history(
    media_id: str,
    actor: Reader,
    session: Reading,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[HistoryItem]:
    """Every change of the record, oldest first."""
    return services.records.history(session, media_id, limit, cursor)
