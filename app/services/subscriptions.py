"""Subscriptions by subject: whose they are, and what they ask for; `subscribing` tells of matches."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.subscriptions import Subscription
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.audit import AuditAction
from app.schemas.fields import Person
from app.schemas.page import Page
from app.schemas.subscriptions import NewSubscription, SubscriptionAnswer, SubscriptionChange
from app.services import audit, collections, media


def create(session: Session, wanted: NewSubscription, actor: Actor) -> SubscriptionAnswer:
    """Subscribe to what is found from now on; what was found before is not told."""
    db.in_commit_order(session)
    if wanted.media_id is not None:
        media.get(session, wanted.media_id)
    named = collections.named(session, [wanted.collection]) if wanted.collection else []
    made = Subscription(
        name=wanted.name,
        owner_id=actor.id,
        owner_name=actor.name,
        media_id=wanted.media_id,
        collection_id=named[0].id if named else None,
        tags=sorted(set(wanted.tags)) if wanted.tags else None,
        min_grade=wanted.min_grade,
    )
    session.add(made)
    session.flush()
    _written(session, AuditAction.SUBSCRIPTION_CREATED, made, actor)
    return answer(session, made)


def change(
    session: Session, subscription_id: str, wanted: SubscriptionChange, actor: Actor
) -> SubscriptionAnswer:
    """Change what is named; of a purged item nothing is told again."""
    db.in_commit_order(session)
    found = _own(session, subscription_id, actor)
    if wanted.active and found.media_id and db.media.find(session, found.media_id) is None:
        raise Conflict("The item of this subscription was purged.")
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(found, name, value)
    session.flush()
    _written(session, AuditAction.SUBSCRIPTION_CHANGED, found, actor)
    return answer(session, found)


def remove(session: Session, subscription_id: str, actor: Actor) -> None:
    """Drop a subscription."""
    db.in_commit_order(session)
    found = _own(session, subscription_id, actor)
    removed = AuditAction.SUBSCRIPTION_REMOVED
    audit.removed(session, actor, removed, found, media_id=found.media_id)
    db.subscriptions.remove(session, subscription_id)


def end_of_item(session: Session, media_id: str, actor: Actor) -> None:
    """End the subscriptions to an item that is purged."""
    for found in db.subscriptions.of_item(session, media_id):
        found.active = False
        session.flush()
        _written(session, AuditAction.SUBSCRIPTION_CHANGED, found, actor)


def read(session: Session, subscription_id: str) -> SubscriptionAnswer:
    """One subscription."""
    return answer(session, _find(session, subscription_id))


def listed(
    session: Session, owner_id: str | None, limit: int, cursor: str | None
) -> Page[SubscriptionAnswer]:
    """All subscriptions, or somebody's; newest first."""
    found = db.subscriptions.page(session, owner_id, limit, cursor)
    return Page(items=[answer(session, each) for each in found.items], next=found.next)


def answer(session: Session, found: Subscription) -> SubscriptionAnswer:
    """A subscription on the wire."""
    own = f"/v1/subscriptions/{found.id}"
    about = f"/v1/media/{found.media_id}" if found.media_id else None
    collection = db.collections.find(session, found.collection_id) if found.collection_id else None
    return SubscriptionAnswer(
        id=found.id,
        name=found.name,
        owner=Person(id=found.owner_id, name=found.owner_name),
        media_id=found.media_id,
        collection=collection.slug if collection else None,
        tags=found.tags,
        min_grade=found.min_grade,
        active=found.active,
        created_at=found.created_at,
        links={"self": own, **({"media": about} if about else {})},
    )


def _find(session: Session, subscription_id: str) -> Subscription:
    found = db.subscriptions.find(session, subscription_id)
    if found is None:
        raise NotFound("There is no such subscription.")
    return found


def _own(session: Session, subscription_id: str, actor: Actor) -> Subscription:
    found = _find(session, subscription_id)
    if found.owner_id != actor.id and Scope.WEBHOOKS_ADMIN not in actor.scopes:
        raise Forbidden("This subscription is somebody else's.", scope=Scope.WEBHOOKS_ADMIN.value)
    return found


def _written(session: Session, action: AuditAction, found: Subscription, actor: Actor) -> None:
    audit.written(session, actor, action, found, media_id=found.media_id)
