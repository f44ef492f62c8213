"""A purge in two steps: somebody who works on records proposes it, an administrator decides."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.purge_proposals import PurgeProposal
from app.db.verifications import Verification
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.page import Page
from app.schemas.purging import NewPurgeProposal, PurgeProposalAnswer
from app.services import concluding, events, holds, tombstones, verifications


def propose(
    session: Session, record: Verification, wanted: NewPurgeProposal, actor: Actor
) -> PurgeProposalAnswer:
    """Ask for the purge of an item; there is one proposal at a time, and none of what is held."""
    concluding.refuse_machines(actor)
    holds.refuse_if_held(session, record.media_id)
    if db.purge_proposals.find(session, record.media_id) is not None:
        raise Conflict("The purge of this item is proposed already.")
    made = PurgeProposal(
        media_id=record.media_id,
        authority=wanted.authority,
        reason=wanted.reason,
        by_id=actor.id,
        by_name=actor.name,
    )
    session.add(made)
    session.flush()
    details = {"authority": wanted.authority.value}
    verifications.change(session, record, actor, HistoryAction.PURGE_PROPOSED, details)
    told = {**details, "actor_kind": actor.kind}
    events.publish(session, EventType.PURGE_PROPOSED, record.media_id, told)
    return _answer(made)


def refuse(session: Session, record: Verification, actor: Actor) -> None:
    """Turn a proposal down as an administrator, or take one's own back."""
    open_one = db.purge_proposals.find(session, record.media_id)
    if open_one is None:
        raise NotFound("No purge of this item is proposed.")
    if open_one.by_id != actor.id and Scope.PRIVACY_ADMIN not in actor.scopes:
        detail = "You take back what you proposed yourself; an administrator decides on the rest."
        raise Forbidden(detail, scope=Scope.PRIVACY_ADMIN.value)
    session.delete(open_one)
    session.flush()
    verifications.change(session, record, actor, HistoryAction.PURGE_REFUSED, {})
    told = {"actor_kind": actor.kind}
    events.publish(session, EventType.PURGE_REFUSED, record.media_id, told)


def read(session: Session, media_id: str) -> PurgeProposalAnswer | None:
    """The open proposal to purge an item, if there is one."""
    if db.media.find(session, media_id) is None:
        raise tombstones.missing(session, media_id)
    found = db.purge_proposals.find(session, media_id)
    return _answer(found) if found else None


def listed(session: Session, limit: int, cursor: str | None) -> Page[PurgeProposalAnswer]:
    """One page of the open proposals, oldest first."""
    page = db.purge_proposals.page(session, limit, cursor)
    return Page(items=[_answer(each) for each in page.items], next=page.next)


def _answer(proposal: PurgeProposal) -> PurgeProposalAnswer:
    return PurgeProposalAnswer(
        media_id=proposal.media_id,
        authority=proposal.authority,
        reason=proposal.reason,
        by=Person(id=proposal.by_id, name=proposal.by_name),
        at=proposal.at,
    )
