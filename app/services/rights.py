"""Rights: whether the desk may use the footage, apart from whether it is true."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.rights import RightsEntry
from app.db.verifications import Verification
from app.schemas.enums import EventType, HistoryAction
from app.schemas.fields import Person
from app.schemas.record_enums import RightsState
from app.schemas.rights import NewRights, RightsItem
from app.services import concluding, events, verifications


def change(session: Session, record: Verification, wanted: NewRights, actor: Actor) -> RightsItem:
    """Say what holds from now on; earlier terms stay in the history."""
    concluding.refuse_machines(actor)
    before = record.rights
    entry = RightsEntry(
        media_id=record.media_id, by_id=actor.id, by_name=actor.name, **wanted.model_dump()
    )
    session.add(entry)
    session.flush()
    record.rights = wanted.state
    told = {"from": before.value, "to": wanted.state.value}
    details = {**told, "rights_id": entry.id}
    verifications.change(session, record, actor, HistoryAction.RIGHTS_CHANGED, details)
    data = {**told, "actor_kind": actor.kind}
    events.publish(session, EventType.RIGHTS_CHANGED, record.media_id, data)
    return _shown(entry)


def read(session: Session, media_id: str) -> RightsItem:
    """What holds now; `unknown` while nobody has said anything."""
    verifications.find(session, media_id)
    entry = db.rights.newest(session, media_id)
    if entry is None:
        return RightsItem(state=RightsState.UNKNOWN, terms=None, by=None, at=None)
    return _shown(entry)


def _shown(entry: RightsEntry) -> RightsItem:
    by = Person(id=entry.by_id, name=entry.by_name)
    return RightsItem(state=entry.state, terms=entry.terms, by=by, at=entry.at)
