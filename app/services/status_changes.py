"""Make a change of status: the record's fields, its history entry, and who is told."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.proposals import StatusChange
from app.db.verifications import Verification
from app.schemas.enums import EventType, HistoryAction, VerificationStatus
from app.schemas.record_enums import Approval, ChangeState, PublicationState
from app.schemas.verifications import TransitionRequest
from app.services import affected_exports, events, known, publication, verifications

_DEFAULT_WORDING = {VerificationStatus.IN_REVIEW: "being checked"}
_AT_WORK = (VerificationStatus.UNREVIEWED, VerificationStatus.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who makes a change, with which note, and how it was approved where it had to be."""

    actor: Actor
    note_id: str
    approval: Approval | None = None


def asked(
    session: Session, record: Verification, request: TransitionRequest, actor: Actor, note_id: str
) -> StatusChange:
    """The row of what `actor` asks for: pending until it is made, refused or overtaken."""
    change = StatusChange(
        media_id=record.media_id,
        origin=record.status,
        to=request.to,
        asked=request.model_dump(mode="json", exclude={"note"}, exclude_defaults=True),
        note_id=note_id,
        state=ChangeState.PENDING,
        by_id=actor.id,
        by_name=actor.name,
        by_role=actor.role,
    )
    session.add(change)
    session.flush()
    return change


def decide(change: StatusChange, state: ChangeState, actor: Actor) -> None:
    """Say what became of a change, and by whom."""
    change.state, change.decided_at = state, db.now()
    change.decided_by_id, change.decided_by_name = actor.id, actor.name
    change.decided_by_role = actor.role


def make(session: Session, record: Verification, change: StatusChange, decision: Decision) -> None:
    """Bring `record` to what `change` asks for; a proposal that waited for another is overtaken."""
    actor, origin = decision.actor, record.status
    # First this one: a change that is made at once has been pending, too.
    decide(change, ChangeState.MADE, actor)
    overtaken = db.proposals.pending(session, record.media_id)
    if overtaken is not None:
        decide(overtaken, ChangeState.OVERTAKEN, actor)
    request = TransitionRequest.model_validate(change.asked)
    _store(record, request, decision.approval)
    details = {
        "from": origin.value,
        **request.model_dump(mode="json", include=_CODES, exclude_defaults=True),
        "change_id": change.id,
        "note_id": decision.note_id,
        **({"overtaken_id": overtaken.id} if overtaken else {}),
        **({"approved_by": decision.approval.value} if decision.approval else {}),
        **({"proposed_by": change.by_id} if decision.approval else {}),
    }
    verifications.change(session, record, actor, HistoryAction.STATUS_CHANGED, details)
    if VerificationStatus.VOID in {origin, record.status}:
        known.shelve(session, record.media_id)
    _tell(session, record, origin, decision)
    publication.follow(session, record, actor)


_CODES = {"to", "reason_code", "duplicate_of", "authenticity_codes"}


def _store(record: Verification, request: TransitionRequest, approval: Approval | None) -> None:
    # Who checks it stays; the date leaves with the work; the rest belongs to the status it came with.
    record.status = request.to
    record.assignee = request.assignee or record.assignee
    kept = record.due_at if request.to in _AT_WORK else None
    record.due_at = request.due_at or kept
    record.public_wording = request.public_wording or _DEFAULT_WORDING.get(request.to)
    record.missing = request.missing or None
    record.reason_code = request.reason_code
    record.duplicate_of = request.duplicate_of
    record.correction_text = request.correction_text
    record.authenticity_codes = [code.value for code in request.authenticity_codes] or None
    record.original_context = request.original_context
    record.evidence = request.evidence or None
    record.conflict_note = request.conflict_note
    record.approved_by = approval


def _tell(
    session: Session, record: Verification, origin: VerificationStatus, decision: Decision
) -> None:
    is_public = record.publication is not PublicationState.PRIVATE
    common = {
        "from": origin,
        "reason_code": record.reason_code,
        "version": record.version,
        "actor_kind": decision.actor.kind,
    }
    if record.status is VerificationStatus.WITHDRAWN:
        text = {"correction_text": record.correction_text} if is_public else {}
        exports = {"affected_exports": affected_exports.of(session, record.media_id)}
        events.publish_urgently(
            session, EventType.VERDICT_WITHDRAWN, record.media_id, common | text | exports
        )
    data = {
        **common,
        "to": record.status,
        **({"approved_by_role": decision.actor.role} if decision.approval else {}),
        **({"public_wording": record.public_wording} if is_public else {}),
    }
    events.publish(session, EventType.STATUS_CHANGED, record.media_id, data)
