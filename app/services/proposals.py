"""Four eyes: a verdict is proposed by one person and approved, or refused, by another editor."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.proposals import StatusChange
from app.db.verifications import Verification
from app.errors import Conflict, Forbidden, FourEyes, NotFound
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import ActingPerson
from app.schemas.proposals import ProposalItem
from app.schemas.record_enums import Approval, ChangeState
from app.schemas.verifications import TransitionRequest
from app.services import (
    concluding,
    events,
    gates,
    notes,
    protection,
    status_changes,
    verifications,
)
from app.services.protection import Protection
from app.services.status_changes import Decision


def propose(
    session: Session, record: Verification, request: TransitionRequest, actor: Actor
) -> StatusChange:
    """Ask for a change that passed its gates and takes another editor; one at a time."""
    waiting = db.proposals.pending(session, record.media_id)
    if waiting is not None:
        detail = f"'{waiting.to}' is proposed already; approve or refuse that first."
        raise Conflict(detail, proposal=waiting.id)
    note = notes.write(session, record.media_id, request.note or "", actor)
    change = status_changes.asked(session, record, request, actor, note.id)
    details = {"change_id": change.id, "to": change.to.value, "note_id": note.id}
    verifications.change(session, record, actor, HistoryAction.CHANGE_PROPOSED, details)
    data = {
        "change_id": change.id,
        "to": change.to,
        "proposer_role": actor.role,
        "due_at": record.due_at,
        "actor_kind": actor.kind,
    }
    events.publish(session, EventType.CHANGE_PROPOSED, record.media_id, data)
    return change


def approve(
    session: Session, record: Verification, note: str, actor: Actor, *, four_eyes: bool
) -> None:
    """Make the pending change, if all that it takes is still there; `note` is the editor's own."""
    change = _waiting(session, record)
    _check_editor(change, actor, four_eyes=four_eyes)
    request = TransitionRequest.model_validate({**change.asked, "note": note})
    gates.check(session, record, request, actor, four_eyes=False)
    written = notes.write(session, record.media_id, note, actor)
    is_same = change.by_id == actor.id
    approval = Approval.SAME_PERSON if is_same else Approval.ANOTHER_EDITOR
    status_changes.make(session, record, change, Decision(actor, written.id, approval))


def refuse(session: Session, record: Verification, note: str, actor: Actor) -> None:
    """Turn the pending change down; its proposer may take it back so, too."""
    concluding.refuse_machines(actor)
    change = _waiting(session, record)
    if change.by_id != actor.id and Scope.RECORD_APPROVE not in actor.scopes:
        raise Forbidden("A proposal is refused by an editor.", scope=Scope.RECORD_APPROVE)
    written = notes.write(session, record.media_id, note, actor)
    status_changes.decide(change, ChangeState.REFUSED, actor)
    details = {"change_id": change.id, "to": change.to.value, "note_id": written.id}
    verifications.change(session, record, actor, HistoryAction.PROPOSAL_REFUSED, details)
    data = {"change_id": change.id, "to": change.to, "actor_kind": actor.kind}
    events.publish(session, EventType.PROPOSAL_REFUSED, record.media_id, data)


def read(session: Session, media_id: str, actor: Actor) -> ProposalItem:
    """What waits for another editor, as `actor` may see it."""
    waiting = _waiting(session, verifications.find(session, media_id))
    return shown(waiting, protection.read(session, media_id, actor))


def check_same(change: StatusChange, request: TransitionRequest) -> None:
    """Refuse to take `request` for an approval of `change` if it says something else."""
    given = request.model_dump(mode="json", exclude={"note"}, exclude_defaults=True)
    differing = sorted(name for name in given if given[name] != change.asked.get(name))
    if differing:
        detail = "Another content is proposed for this status; approve or refuse that first."
        raise Conflict(detail, proposal=change.id, differing=differing)


def shown(change: StatusChange, protected: Protection) -> ProposalItem:
    """A proposal as it is answered to one reader."""
    return ProposalItem(
        id=change.id,
        to=change.to,
        asked=protected.of_asked(change.asked),
        by=ActingPerson(id=change.by_id, name=change.by_name, role=change.by_role),
        at=change.at,
        note_id=change.note_id,
    )


def _waiting(session: Session, record: Verification) -> StatusChange:
    change = db.proposals.pending(session, record.media_id)
    if change is None:
        raise NotFound("Nothing is proposed for this record.")
    return change


def _check_editor(change: StatusChange, actor: Actor, *, four_eyes: bool) -> None:
    concluding.refuse_machines(actor)
    if four_eyes and change.by_id == actor.id:
        raise FourEyes("A verdict is approved by somebody else than its proposer.")
    if Scope.RECORD_APPROVE not in actor.scopes:
        raise Forbidden("A verdict is approved by an editor.", scope=Scope.RECORD_APPROVE)
