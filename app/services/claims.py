"""Claims: what is said about the event; their states follow from what sources say, by rule."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.claims import Claim
from app.db.corroborations import Statement
from app.db.verifications import Verification
from app.schemas.claims import ClaimItem, NewClaim
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.page import Page
from app.services import claim_states, concluding, events, verifications


def add(session: Session, record: Verification, wanted: NewClaim, actor: Actor) -> ClaimItem:
    """Record a claim as it was made; it is `open` until a source decides it."""
    concluding.refuse_machines(actor)
    claim = Claim(
        media_id=record.media_id, by_id=actor.id, by_name=actor.name, **wanted.model_dump()
    )
    session.add(claim)
    session.flush()
    details = {"claim_id": claim.id}
    verifications.change(session, record, actor, HistoryAction.CLAIM_ADDED, details)
    return _shown(claim, [])


def read(session: Session, media_id: str, limit: int, cursor: str | None) -> Page[ClaimItem]:
    """One page of an item's claims, first recorded first."""
    verifications.find(session, media_id)
    page = db.claims.page(session, media_id, limit, cursor)
    ids = [claim.id for claim in page.items]
    said = claim_states.by_target(db.corroborations.statements(session, media_id, ids))
    return Page(items=[_shown(each, said[each.id]) for each in page.items], next=page.next)


def settle(session: Session, claim: Claim, said: list[Statement], actor: Actor) -> dict[str, str]:
    """Give a claim the state that everything `said` of it comes to; what changed, as details."""
    before, after = claim.state, claim_states.state(said)
    if before is after:
        return {}
    claim.state = after
    data = {"claim_id": claim.id, "from": before, "to": after, "actor_kind": actor.kind}
    events.publish(session, EventType.CLAIM_STATE_CHANGED, claim.media_id, data)
    return {"claim_id": claim.id, "claim_from": before.value, "claim_to": after.value}


def _shown(claim: Claim, said: list[Statement]) -> ClaimItem:
    return ClaimItem(
        id=claim.id,
        media_id=claim.media_id,
        text=claim.text,
        made_by=claim.made_by,
        made_at=claim.made_at,
        where_url=claim.where_url,
        archive_url=claim.archive_url,
        archived_at=claim.archived_at,
        language=claim.language,
        state=claim.state,
        rests_on=claim_states.rests_on(said),
        by=Person(id=claim.by_id, name=claim.by_name),
        recorded_at=claim.recorded_at,
    )
