"""Whether a change of status may be made now: by the table, and by what the record holds."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.core.provenance.values import CredentialState
from app.db.verifications import Verification
from app.errors import Forbidden, IllegalTransition, MissingRequirements
from app.schemas.enums import SourceKind
from app.schemas.record_enums import FileOrigin, PublicationState
from app.schemas.verifications import LegalTransition, TransitionRequest
from app.services import claim_states
from app.services.requirements import Resolved, Situation
from app.services.transition_table import APPROVAL, Edge, edges_from

_LINK = ("http://", "https://")


def check(
    session: Session,
    record: Verification,
    request: TransitionRequest,
    actor: Actor,
    *,
    four_eyes: bool,
) -> Edge:
    """The edge that `request` asks for, if `actor` may take or propose it and nothing is missing.

    Refused in this order: an edge that is not in the table, an edge of another role, and then
    everything missing at once.
    """
    situation = _situation(session, record, request, actor)
    edge = _edge(record, request, situation)
    if not edge.is_open_to(actor, situation):
        who = edge.who.name.lower().replace("_", " ")
        raise Forbidden(f"From '{record.status}' to '{edge.to}' is for: {who}.", who=who)
    missing = edge.missing(situation)
    if missing:
        if takes_another(edge, actor, four_eyes=four_eyes):
            missing.append(APPROVAL)
        detail = f"From '{record.status}' to '{edge.to}' takes more; `missing` names each."
        raise MissingRequirements(detail, missing=missing)
    return edge


def takes_another(edge: Edge, actor: Actor, *, four_eyes: bool) -> bool:
    """Whether somebody else has to approve before `actor`'s change is made."""
    return edge.needs_approval and (four_eyes or Scope.RECORD_APPROVE not in actor.scopes)


def legal(
    session: Session, record: Verification, actor: Actor, *, four_eyes: bool
) -> list[LegalTransition]:
    """What `actor` may do next, and what each still takes besides an empty request."""
    situation = _situation(session, record, TransitionRequest(to=record.status), actor)
    return [
        LegalTransition(
            to=edge.to,
            requires=[
                *edge.missing(situation),
                *([APPROVAL] if takes_another(edge, actor, four_eyes=four_eyes) else []),
            ],
        )
        for edge in edges_from(record.status, was_published=situation.was_published)
        if edge.is_open_to(actor, situation)
    ]


def _edge(record: Verification, request: TransitionRequest, situation: Situation) -> Edge:
    edges = edges_from(record.status, was_published=situation.was_published)
    for edge in edges:
        if edge.to is request.to:
            return edge
    detail = (
        f"There is no way from '{record.status}' to '{request.to}'; `legal` lists where it can go."
    )
    raise IllegalTransition(detail, legal=[edge.to for edge in edges])


def _situation(
    session: Session, record: Verification, request: TransitionRequest, actor: Actor
) -> Situation:
    media_id, other = record.media_id, request.duplicate_of
    intake = db.media.intake(session, media_id)
    findings = db.findings.current(session, media_id)
    said = db.corroborations.statements(session, media_id, [media_id])
    return Situation(
        request=request,
        evidence=_resolved(session, media_id, request.evidence),
        findings=findings,
        was_published=record.publication is not PublicationState.PRIVATE,
        is_withdrawn_in_public=record.publication is PublicationState.WITHDRAWN,
        is_own_upload={each.received_by for each in intake} == {actor.id},
        is_hand_out=any(each.source_kind is SourceKind.HANDOUT for each in intake),
        has_author_original=any(each.file_origin is FileOrigin.AUTHOR_ORIGINAL for each in intake),
        has_independent_support=claim_states.has_independent_support(said),
        has_conflict=record.has_conflict,
        duplicate_exists=bool(other and other != media_id and db.media.find(session, other)),
        unreviewed_alerts=db.rejections.count_unreviewed_alerts(session, media_id),
    )


def _resolved(session: Session, media_id: str, evidence: list[str]) -> Resolved:
    named = {each.strip() for each in evidence}
    if not named:
        return Resolved()
    links = {each for each in named if each.startswith(_LINK)}
    reading = db.provenance.of_media(session, media_id)
    is_trusted = reading is not None and reading.state is CredentialState.TRUSTED
    matches = db.rejections.ids_among(session, media_id, named - links)
    findings = db.findings.ids_among(
        session, media_id, named - links, trusting_credentials=is_trusted
    )
    unknown = named - links - matches - findings
    return Resolved(len(matches), len(links), len(findings), len(unknown))
