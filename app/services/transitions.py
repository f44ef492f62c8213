"""Change a record's status by the table's rules: the only way there is."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.errors import Forbidden, IllegalTransition, MissingRequirements
from app.schemas.enums import EventType, HistoryAction, VerificationStatus
from app.schemas.verifications import LegalTransition, TransitionRequest
from app.services import events, notes, verifications
from app.services.transition_table import Edge, Situation, edges_from

_CONCLUDING = {Scope.MEDIA_WRITE, Scope.RECORD_WRITE, Scope.RECORD_APPROVE}
_DEFAULT_WORDING = {VerificationStatus.IN_REVIEW: "being checked"}


def refuse_bystanders(actor: Actor) -> None:
    """Refuse machines, and keys that can change no record at all."""
    if actor.is_machine:
        raise Forbidden("Machines find; people conclude. Use the key of a person.")
    if not actor.scopes & _CONCLUDING:
        raise Forbidden("Your role changes no record.", scope=Scope.RECORD_WRITE)


def apply(
    session: Session,
    record: db.verifications.Verification,
    request: TransitionRequest,
    actor: Actor,
) -> None:
    """Bring `record` to the status asked for, with its note, history entry and event.

    `record` comes from `verifications.take`. Refused in this order: who may change nothing, an edge
    that is not in the table, an edge of another role, and then everything missing at once.
    """
    refuse_bystanders(actor)
    edge = _edge(record.status, request.to)
    situation = _situation(session, record, request, actor)
    if not edge.is_open_to(actor, situation):
        who = edge.who.name.lower().replace("_", " ")
        raise Forbidden(f"From '{record.status}' to '{edge.to}' is for: {who}.", who=who)
    missing = edge.missing(situation)
    if missing:
        detail = f"From '{record.status}' to '{edge.to}' takes more; `missing` names each."
        raise MissingRequirements(detail, missing=missing)
    origin = record.status
    note = notes.write(session, record.media_id, request.note or "", actor)
    _store(record, request)
    details = _details(request, origin, note.id)
    verifications.change(session, record, actor, HistoryAction.STATUS_CHANGED, details)
    data = {
        "from": origin,
        "to": record.status,
        "reason_code": record.reason_code,
        "version": record.version,
        "actor_kind": actor.kind,
    }
    events.publish(session, EventType.STATUS_CHANGED, record.media_id, data)


def legal(
    session: Session, record: db.verifications.Verification, actor: Actor
) -> list[LegalTransition]:
    """What `actor` may do next, and what each still takes besides an empty request."""
    empty = TransitionRequest(to=record.status)
    situation = _situation(session, record, empty, actor)
    return [
        LegalTransition(to=edge.to, requires=edge.missing(situation))
        for edge in edges_from(record.status)
        if edge.is_open_to(actor, situation)
    ]


def _edge(origin: VerificationStatus, to: VerificationStatus) -> Edge:
    edges = edges_from(origin)
    for edge in edges:
        if edge.to is to:
            return edge
    detail = f"There is no way from '{origin}' to '{to}'; `legal` lists where it can go."
    raise IllegalTransition(detail, legal=[edge.to for edge in edges])


def _situation(
    session: Session,
    record: db.verifications.Verification,
    request: TransitionRequest,
    actor: Actor,
) -> Situation:
    other = request.duplicate_of
    return Situation(
        request=request,
        is_own_upload=db.verifications.came_only_from(session, record.media_id, actor.id),
        duplicate_exists=bool(
            other and other != record.media_id and db.verifications.of_media(session, other)
        ),
        unreviewed_alerts=db.matches.count_unreviewed_alerts(session, record.media_id),
    )


def _store(record: db.verifications.Verification, request: TransitionRequest) -> None:
    # Assignee and date belong to the work and stay; the rest belongs to the status it came with.
    record.status = request.to
    record.assignee = request.assignee or record.assignee
    record.due_at = request.due_at or record.due_at
    record.public_wording = request.public_wording or _DEFAULT_WORDING.get(request.to)
    record.missing = request.missing or None
    record.reason_code = request.reason_code
    record.duplicate_of = request.duplicate_of
    record.correction_text = request.correction_text


def _details(
    request: TransitionRequest, origin: VerificationStatus, note_id: str
) -> dict[str, Any]:
    given = request.model_dump(mode="json", exclude={"to", "note"}, exclude_defaults=True)
    return {"from": origin.value, "to": request.to.value, **given, "note_id": note_id}
