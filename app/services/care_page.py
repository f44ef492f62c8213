"""Everything that the page of an item's care shows to one reader, read as one state."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.schemas.holds import HoldAnswer
from app.schemas.media import MediaAnswer
from app.schemas.page import Page
from app.schemas.purging import PurgeProposalAnswer
from app.schemas.retention import RetentionAnswer
from app.schemas.sensitivity import SensitivityAnswer
from app.schemas.verifications import VerificationRecord
from app.services import (
    holds,
    media,
    media_views,
    purge_proposals,
    purging,
    records,
    retention,
    sensitivity,
)
from app.services.retention import RetentionPolicy

HOLDS_MOST = 100


@dataclass(frozen=True, slots=True)
class CarePage:
    """What one item takes care of; what a reader may not see is None.

    `may_take_back` says whether the reader may delete the item as its bringer.
    """

    item: MediaAnswer
    record: VerificationRecord
    sensitivity: SensitivityAnswer
    terms: list[str] | None
    retention: RetentionAnswer
    holds: Page[HoldAnswer] | None
    purge_proposal: PurgeProposalAnswer | None
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Under which rules an item is kept and its record changed."""

    retention: RetentionPolicy
    four_eyes: bool


def read(session: Session, media_id: str, actor: Actor, rules: Rules) -> CarePage:
    """What `actor` is shown of an item's care."""
    item = media.get(session, media_id)
    row = db.verifications.of_media(session, media_id)
    return CarePage(
        item=media_views.show(session, item),
        record=records.read(session, media_id, actor, four_eyes=rules.four_eyes),
        sensitivity=sensitivity.read(session, media_id),
        terms=_terms(session, media_id, actor),
        retention=retention.read(session, rules.retention, media_id),
        holds=_holds(session, media_id, actor),
        purge_proposal=_proposal(session, media_id, actor),
        may_take_back=row is not None and purging.may_take_back(session, row, actor),
    )


def _terms(session: Session, media_id: str, actor: Actor) -> list[str] | None:
    if Scope.RECORD_WRITE not in actor.scopes:
        return None
    return db.restricted_terms.of_media(session, media_id)


def _holds(session: Session, media_id: str, actor: Actor) -> Page[HoldAnswer] | None:
    if Scope.AUDIT_READ not in actor.scopes:
        return None
    return holds.listed(session, media_id, HOLDS_MOST, None, all_of_them=True)


def _proposal(session: Session, media_id: str, actor: Actor) -> PurgeProposalAnswer | None:
    if Scope.RECORD_WRITE not in actor.scopes:
        return None
    return purge_proposals.read(session, media_id)
