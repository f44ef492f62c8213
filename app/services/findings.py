"""Findings: recorded by people only, one current a pillar; a newer one supersedes, never edits."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.findings import Finding
from app.db.verifications import Verification
from app.errors import Unprocessable
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.finding_enums import Pillar, ProofKind
from app.schemas.findings import FindingItem, NewFinding, Proof
from app.schemas.page import Page
from app.services import concluding, events, verifications

_LINK = ("http://", "https://")


def record(
    session: Session, verification: Verification, wanted: NewFinding, actor: Actor
) -> FindingItem:
    """Record what somebody found out; it takes the place of the pillar's current finding."""
    concluding.refuse_machines(actor)
    media_id = verification.media_id
    _check_evidence(session, media_id, wanted.evidence)
    before = db.findings.current(session, media_id).get(wanted.pillar)
    finding = Finding(
        media_id=media_id,
        pillar=wanted.pillar,
        verdict=wanted.verdict,
        value=wanted.value.model_dump(mode="json", by_alias=True),
        said_by_source=wanted.said_by_source,
        method=wanted.method,
        evidence=[each.model_dump(mode="json", exclude_none=True) for each in wanted.evidence],
        limits=wanted.limits,
        by_id=actor.id,
        by_name=actor.name,
        supersedes_id=before.id if before else None,
    )
    session.add(finding)
    session.flush()
    told = {
        "finding_id": finding.id,
        "pillar": finding.pillar.value,
        "verdict": finding.verdict.value,
    }
    details = {**told, "supersedes_id": finding.supersedes_id}
    verifications.change(session, verification, actor, HistoryAction.FINDING_RECORDED, details)
    data = {**told, "actor_kind": actor.kind}
    events.publish(session, EventType.FINDING_RECORDED, media_id, data)
    return shown(finding, superseded_by=None)


def read(
    session: Session, media_id: str, pillar: Pillar | None, limit: int, cursor: str | None
) -> Page[FindingItem]:
    """One page of an item's findings, newest first; superseded ones stay and say by what."""
    verifications.find(session, media_id)
    page = db.findings.page(session, media_id, pillar, limit, cursor)
    newer = db.findings.superseders(session, [finding.id for finding in page.items])
    return Page(items=[shown(each, newer.get(each.id)) for each in page.items], next=page.next)


def current(session: Session, media_id: str) -> list[FindingItem]:
    """The current finding of each pillar that has one, in the pillars' order."""
    found = db.findings.current(session, media_id)
    return [shown(found[pillar], superseded_by=None) for pillar in Pillar if pillar in found]


def shown(finding: Finding, superseded_by: str | None) -> FindingItem:
    """A finding as it is answered."""
    return FindingItem(
        id=finding.id,
        media_id=finding.media_id,
        pillar=finding.pillar,
        verdict=finding.verdict,
        value=finding.value,
        said_by_source=finding.said_by_source,
        method=finding.method,
        evidence=finding.evidence,
        limits=finding.limits,
        by=Person(id=finding.by_id, name=finding.by_name),
        at=finding.at,
        supersedes_id=finding.supersedes_id,
        superseded_by=superseded_by,
    )


def _check_evidence(session: Session, media_id: str, evidence: Iterable[Proof]) -> None:
    named = {kind: {each.ref or "" for each in evidence if each.kind is kind} for kind in ProofKind}
    wrong = {
        *(
            named[ProofKind.MATCH]
            - db.rejections.ids_among(session, media_id, named[ProofKind.MATCH])
        ),
        *(named[ProofKind.NOTE] - _notes_among(session, media_id, named[ProofKind.NOTE])),
        *(each for each in named[ProofKind.URL] if not each.startswith(_LINK)),
    }
    if wrong:
        detail = "Evidence must be there: a match or a note of this item, or an http(s) link."
        raise Unprocessable(detail, evidence=sorted(wrong))


def _notes_among(session: Session, media_id: str, note_ids: set[str]) -> set[str]:
    found = db.verifications.notes_by_ids(session, note_ids)
    return {note.id for note in found.values() if note.media_id == media_id}
