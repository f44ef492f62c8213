"""Change a record's status by the table's rules: the only way there is."""

from enum import StrEnum

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.verifications import Verification
from app.schemas.record_enums import Approval
from app.schemas.verifications import TransitionRequest
from app.services import concluding, gates, notes, proposals, status_changes
from app.services.status_changes import Decision


class Outcome(StrEnum):
    """What a request came to."""

    MADE = "made"
    PROPOSED = "proposed"


def apply(
    session: Session,
    record: Verification,
    request: TransitionRequest,
    actor: Actor,
    *,
    four_eyes: bool = True,
) -> Outcome:
    """Bring `record` to the status asked for, or propose it where another editor must approve.

    `record` comes from `verifications.take`. What is pending already and asked for by somebody else
    is approved by that. Without `four_eyes` an editor concludes alone, and the record says so.
    """
    concluding.refuse_bystanders(actor)
    waiting = db.proposals.pending(session, record.media_id)
    if waiting is not None and waiting.to is request.to:
        proposals.check_same(waiting, request)
        proposals.approve(session, record, request.note or "", actor, four_eyes=four_eyes)
        return Outcome.MADE
    edge = gates.check(session, record, request, actor, four_eyes=four_eyes)
    if gates.takes_another(edge, actor, four_eyes=four_eyes):
        proposals.propose(session, record, request, actor)
        return Outcome.PROPOSED
    note = notes.write(session, record.media_id, request.note or "", actor)
    change = status_changes.asked(session, record, request, actor, note.id)
    approval = Approval.SAME_PERSON if edge.needs_approval else None
    status_changes.make(session, record, change, Decision(actor, note.id, approval))
    return Outcome.MADE
