"""Corroborations: what sources say of the media or of a claim; taken back only by a new entry.

Each one settles its claim anew and the record's `has_conflict`. It never changes a status.
"""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.corroborations import Corroboration
from app.db.verifications import Verification
from app.errors import Conflict, NotFound, Unprocessable
from app.schemas.corroborations import CorroborationItem, NewCorroboration, SourceItem
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.page import Page
from app.schemas.record_enums import About, AttentionReason, Stance
from app.services import attention, claim_states, claims, concluding, events, verifications


def add(
    session: Session, record: Verification, wanted: NewCorroboration, actor: Actor
) -> CorroborationItem:
    """Record what a source says; where sources now contradict each other, somebody has to look.

    A retraction is by the source that it takes back, and as protected, whatever it names.
    """
    concluding.refuse_machines(actor)
    entry = _entry(record, wanted, actor)
    if wanted.retracts_id is not None:
        _speak_as(entry, _retracted(session, record, wanted.retracts_id, entry))
    claim = _claim(session, record, entry) if entry.about is About.CLAIM else None
    every = db.corroborations.statements(session, record.media_id)
    before = claim_states.by_target(every)[entry.target_id]
    session.add(entry)
    session.flush()
    every = db.corroborations.statements(session, record.media_id)
    said = claim_states.by_target(every)[entry.target_id]
    record.has_conflict = claim_states.has_conflict(every)
    changed = claims.settle(session, claim, said, actor) if claim else {}
    _write_down(session, record, entry, actor, changed)
    if claim_states.is_contested(said) and not claim_states.is_contested(before):
        detail = {"about": entry.about.value, "target_id": entry.target_id}
        reason = AttentionReason.CONFLICTING_CORROBORATION
        attention.open(session, record.media_id, reason, detail)
    return _shown(entry, None, actor)


def read(
    session: Session, media_id: str, actor: Actor, limit: int, cursor: str | None
) -> Page[CorroborationItem]:
    """One page of what was said, first recorded first; what was retracted stays and says so."""
    verifications.find(session, media_id)
    page = db.corroborations.page(session, media_id, limit, cursor)
    retracted = db.corroborations.retractions(session, [entry.id for entry in page.items])
    items = [_shown(entry, retracted.get(entry.id), actor) for entry in page.items]
    return Page(items=items, next=page.next)


def _entry(record: Verification, wanted: NewCorroboration, actor: Actor) -> Corroboration:
    given = wanted.model_dump(exclude={"source", "target_id"})
    target = wanted.target_id if wanted.about is About.CLAIM else record.media_id
    if wanted.about is About.MEDIA and wanted.target_id not in {None, record.media_id}:
        raise Unprocessable("With `about: media`, leave `target_id` out: it is about this item.")
    return Corroboration(
        media_id=record.media_id,
        target_id=target,
        source_name=wanted.source.name,
        source_kind=wanted.source.kind,
        source_protected=wanted.source.protected,
        by_id=actor.id,
        by_name=actor.name,
        **given,
    )


def _claim(session: Session, record: Verification, entry: Corroboration) -> db.claims.Claim:
    claim = db.claims.find(session, entry.target_id)
    if claim is None or claim.media_id != record.media_id:
        raise NotFound("This record has no such claim.", target_id=entry.target_id)
    return claim


def _retracted(
    session: Session, record: Verification, old_id: str, entry: Corroboration
) -> Corroboration:
    """What `entry` takes back; refused where it cannot."""
    old = db.corroborations.find(session, old_id)
    if old is None or old.media_id != record.media_id:
        raise NotFound("This record has no such corroboration.", retracts_id=old_id)
    if old.stance is Stance.RETRACTS:
        detail = "A retraction is not retracted; record what the source says now."
        raise Unprocessable(detail, retracts_id=old_id)
    if (old.about, old.target_id) != (entry.about, entry.target_id):
        detail = "Send the `about` and `target_id` of what is taken back; they stand beside this."
        raise Unprocessable(detail, about=old.about, target_id=old.target_id)
    taken_back = db.corroborations.retractions(session, [old_id])
    if taken_back:
        raise Conflict("This was retracted already.", retracted_by=taken_back[old_id])
    return old


def _speak_as(entry: Corroboration, old: Corroboration) -> None:
    # Who sends a retraction cannot be relied on to say again that its source is protected.
    entry.source_name, entry.source_kind = old.source_name, old.source_kind
    entry.source_protected = entry.source_protected or old.source_protected


def _write_down(
    session: Session,
    record: Verification,
    entry: Corroboration,
    actor: Actor,
    changed: dict[str, str],
) -> None:
    told: dict[str, Any] = {
        "corroboration_id": entry.id,
        "about": entry.about.value,
        "target_id": entry.target_id,
        "stance": entry.stance.value,
        "independence": entry.independence.value,
    }
    action, kind = HistoryAction.CORROBORATION_ADDED, EventType.CORROBORATION_ADDED
    if entry.retracts_id is not None:
        action, kind = HistoryAction.CORROBORATION_RETRACTED, EventType.CORROBORATION_RETRACTED
        told["retracts_id"] = entry.retracts_id
    verifications.change(session, record, actor, action, {**told, **changed})
    events.publish(session, kind, record.media_id, {**told, "actor_kind": actor.kind})


def _shown(entry: Corroboration, retracted_by: str | None, actor: Actor) -> CorroborationItem:
    hidden = entry.source_protected and Scope.RECORD_WRITE not in actor.scopes

    def named(text: str | None) -> str | None:
        return None if hidden else text

    return CorroborationItem(
        id=entry.id,
        media_id=entry.media_id,
        about=entry.about,
        target_id=entry.target_id,
        source=SourceItem(
            name=named(entry.source_name), kind=entry.source_kind, protected=entry.source_protected
        ),
        stance=entry.stance,
        statement=entry.statement,
        basis=entry.basis,
        repeats=named(entry.repeats),
        independence=entry.independence,
        independence_note=named(entry.independence_note),
        said_at=entry.said_at,
        link=named(entry.link),
        archive_url=named(entry.archive_url),
        archived_at=entry.archived_at,
        quoted_via=named(entry.quoted_via),
        retracts_id=entry.retracts_id,
        retracted_by=retracted_by,
        by=Person(id=entry.by_id, name=entry.by_name),
        recorded_at=entry.recorded_at,
    )
