"""Lists of verification records: the desk's queues."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.attention import Attention
from app.db.claims import Claim
from app.db.media import Media
from app.db.media_lists import MediaFilter, matching
from app.db.paging import Paged, paged
from app.db.verifications import Verification
from app.schemas.enums import MediaState, VerificationStatus
from app.schemas.record_enums import AttentionReason, ClaimState, PublicationState, RightsState

ANY = MediaFilter()


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What a record must be to be listed; None asks for nothing."""

    media: MediaFilter
    status: VerificationStatus | None = None
    not_status: VerificationStatus | None = None
    assignee: str | None = None
    attention: tuple[AttentionReason, ...] = ()
    claim_state: ClaimState | None = None
    publication: PublicationState | None = None
    rights: RightsState | None = None
    has_conflict: bool | None = None


def page(
    session: Session, wanted: RecordFilter, limit: int, cursor: str | None
) -> Paged[Verification]:
    """One page of the records that `wanted` lets pass, last opened first.

    In the order of their opening, because that never changes while somebody reads on.
    """
    statement = sa.select(Verification).where(*_conditions(wanted))
    newest_first = (Verification.opened_at.desc(), Verification.media_id.desc())
    return paged(session, statement.order_by(*newest_first), limit, cursor)


def _conditions(wanted: RecordFilter) -> list[sa.ColumnElement[bool]]:
    record = Verification
    asked = [
        (wanted.status, record.status == wanted.status),
        (wanted.not_status, record.status != wanted.not_status),
        (wanted.assignee, record.assignee == wanted.assignee),
        (wanted.publication, record.publication == wanted.publication),
        (wanted.rights, record.rights == wanted.rights),
        (wanted.has_conflict, record.has_conflict == wanted.has_conflict),
        (wanted.claim_state, record.media_id.in_(_with_claim(wanted.claim_state))),
        (wanted.attention or None, record.media_id.in_(_needing(wanted.attention))),
    ]
    conditions = [condition for value, condition in asked if value is not None]
    # Asked of each record where nothing is asked of its item: the engines list all items first.
    living = sa.exists().where(Media.id == record.media_id, Media.state != MediaState.PURGED)
    of_item = record.media_id.in_(matching(wanted.media)) if wanted.media != ANY else living
    return [of_item, *conditions]


def _with_claim(state: ClaimState | None) -> sa.Select[str]:
    return sa.select(Claim.media_id).where(Claim.state == state)


def _needing(reasons: tuple[AttentionReason, ...]) -> sa.Select[str]:
    statement = sa.select(Attention.media_id)
    return statement.where(Attention.reason.in_(reasons), Attention.closed_at.is_(None))
