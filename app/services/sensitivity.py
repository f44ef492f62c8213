"""What an item shows that takes care: said at intake, by verifiers, taken back by editors."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.sensitivity import SensitivityReview, StoredFlag
from app.db.verifications import Verification
from app.errors import Forbidden
from app.schemas.audit import AuditAction
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person, TimeRange
from app.schemas.privacy_enums import FlagBasis, SensitivityFlag
from app.schemas.sensitivity import (
    FlagAnswer,
    Sensitivity,
    SensitivityAnswer,
    SensitivityChange,
)
from app.services import audit, events, verifications


def flags(session: Session, media_id: str) -> frozenset[SensitivityFlag]:
    """The flags of an item."""
    return db.sensitivity.flags_of(session, [media_id]).get(media_id, frozenset())


def read(session: Session, media_id: str) -> SensitivityAnswer:
    """An item's flags one by one, and who looked for them."""
    stored = db.sensitivity.flags(session, media_id)
    looked = db.sensitivity.review_of(session, media_id)
    names = frozenset(each.flag for each in stored)
    shown = Sensitivity.of(names, reviewed=looked is not None)
    return SensitivityAnswer(
        **shown.model_dump(),
        media_id=media_id,
        details=[_told(each) for each in stored],
        reviewed_by=Person(id=looked.by_id, name=looked.by_name) if looked else None,
        reviewed_at=looked.at if looked else None,
    )


def change(session: Session, record: Verification, wanted: SensitivityChange, actor: Actor) -> None:
    """Put flags in place of an item's; `record` comes from `verifications.take`.

    One that stays keeps who set it. Taking one away lifts what it does, which is an editor's act.
    """
    there = {each.flag: each for each in db.sensitivity.flags(session, record.media_id)}
    removed = there.keys() - set(wanted.flags)
    if removed and Scope.RECORD_APPROVE not in actor.scopes:
        detail = "Taking a flag away lifts its blur, which is an editor's act; adding one is yours."
        raise Forbidden(detail, scope=Scope.RECORD_APPROVE.value, flags=sorted(removed))
    for flag in removed:
        session.delete(there[flag])
    for flag in wanted.flags:
        ranges = [each.model_dump() for each in wanted.time_ranges.get(flag, [])]
        if flag in there:
            there[flag].time_ranges = ranges
        else:
            session.add(_stored(record.media_id, flag, actor, FlagBasis.PERSON, ranges))
            session.flush()
    session.flush()
    _review(session, record.media_id, actor, reviewed=wanted.reviewed)
    _tell(session, record, set(wanted.flags) - there.keys(), removed, actor)


def add(
    session: Session, record: Verification, new: Collection[SensitivityFlag], actor: Actor
) -> None:
    """Add to an item's flags what its bringer says of it; what it has already stays."""
    added = set(new) - flags(session, record.media_id)
    if not added:
        return
    basis = FlagBasis.IMPORT if actor.is_machine else FlagBasis.PERSON
    session.add_all(_stored(record.media_id, flag, actor, basis, []) for flag in added)
    session.flush()
    _tell(session, record, added, set(), actor)


def _tell(
    session: Session,
    record: Verification,
    added: Collection[SensitivityFlag],
    removed: Collection[SensitivityFlag],
    actor: Actor,
) -> None:
    reviewed = db.sensitivity.review_of(session, record.media_id) is not None
    data = {"added": sorted(added), "removed": sorted(removed), "reviewed": reviewed}
    verifications.change(session, record, actor, HistoryAction.SENSITIVITY_CHANGED, data)
    _audit(session, record.media_id, removed, actor)
    told = {**data, "actor_kind": actor.kind}
    events.publish(session, EventType.SENSITIVITY_CHANGED, record.media_id, told)


def _audit(
    session: Session, media_id: str, removed: Collection[SensitivityFlag], actor: Actor
) -> None:
    action = AuditAction.SENSITIVITY_SET
    stored = db.sensitivity.flags(session, media_id)
    if stored:
        audit.written(session, actor, action, *stored, media_id=media_id)
    for flag in sorted(removed):
        gone = audit.Subject("flag", f"{media_id}/{flag.value}")
        payload = {"rows": {f"{gone.kind}/{gone.id}": None}}
        audit.append(session, actor, action, gone, payload, media_id=media_id)


def _review(session: Session, media_id: str, actor: Actor, *, reviewed: bool) -> None:
    looked = db.sensitivity.review_of(session, media_id)
    if looked is not None and not reviewed:
        session.delete(looked)
    elif looked is None and reviewed:
        session.add(SensitivityReview(media_id=media_id, by_id=actor.id, by_name=actor.name))
    session.flush()


def _stored(
    media_id: str,
    flag: SensitivityFlag,
    actor: Actor,
    basis: FlagBasis,
    ranges: list[dict[str, int]],
) -> StoredFlag:
    return StoredFlag(
        media_id=media_id,
        flag=flag,
        by_id=actor.id,
        by_name=actor.name,
        basis=basis,
        time_ranges=ranges,
    )


def _told(stored: StoredFlag) -> FlagAnswer:
    return FlagAnswer(
        flag=stored.flag,
        by=Person(id=stored.by_id, name=stored.by_name),
        at=stored.at,
        basis=stored.basis,
        time_ranges=[TimeRange.model_validate(each) for each in stored.time_ranges],
    )
