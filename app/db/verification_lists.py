"""Lists of verification records: the desk's queues."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.media_lists import MediaFilter, matching
from app.db.paging import Paged, paged
from app.db.verifications import Verification
from app.schemas.enums import VerificationStatus


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What a record must be to be listed; None asks for nothing."""

    media: MediaFilter
    status: VerificationStatus | None = None
    not_status: VerificationStatus | None = None
    assignee: str | None = None


def page(
    session: Session, wanted: RecordFilter, limit: int, cursor: str | None
) -> Paged[Verification]:
    """One page of the records that `wanted` lets pass, last opened first.

    In the order of their opening, because that never changes while somebody reads on.
    """
    statement = sa.select(Verification).where(Verification.media_id.in_(matching(wanted.media)))
    if wanted.status is not None:
        statement = statement.where(Verification.status == wanted.status)
    if wanted.not_status is not None:
        statement = statement.where(Verification.status != wanted.not_status)
    if wanted.assignee is not None:
        statement = statement.where(Verification.assignee == wanted.assignee)
    newest_first = (Verification.opened_at.desc(), Verification.media_id.desc())
    return paged(session, statement.order_by(*newest_first), limit, cursor)
