"""Collections: named sets of media whose members are known material."""

from collections.abc import Collection as SomeOf

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.collections import Collection, CollectionMember
from app.db.paging import Paged
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.enums import CollectionKind
from app.services import audit, tombstones
from app.services.known import shelve

CHOICES = 200
"""How many collections a form lists to choose from; of more, a name is typed."""


def choices(session: Session) -> Paged[Collection]:
    """The collections to choose from, by name; cut where a list would be too long."""
    return db.collections.page(session, CHOICES, None)


def create(
    session: Session, slug: str, title: str, kind: CollectionKind, actor: Actor
) -> Collection:
    """Make an empty collection; its name must be free."""
    db.in_commit_order(session)
    db.exclusively(session, f"collection {slug}")
    if db.collections.by_slug(session, slug):
        raise Conflict(f"There is a collection '{slug}' already.", slug=slug)
    collection = Collection(slug=slug, title=title, kind=kind)
    session.add(collection)
    session.flush()
    audit.written(session, actor, AuditAction.COLLECTION_CREATED, collection)
    return collection


def get(session: Session, slug: str) -> Collection:
    """Give the collection of this name."""
    collection = db.collections.by_slug(session, slug)
    if collection is None:
        raise NotFound(f"There is no collection '{slug}'.")
    return collection


def named(session: Session, slugs: SomeOf[str]) -> list[Collection]:
    """Give the collections of these names, or refuse with those that do not exist."""
    found = db.collections.by_slugs(session, slugs)
    missing = sorted(set(slugs) - set(found))
    if missing:
        detail = f"No such collection: {', '.join(missing)}. Make it first."
        raise Unprocessable(detail, collections=missing)
    return list(found.values())


def fillable(session: Session, slugs: SomeOf[str], actor: Actor) -> list[Collection]:
    """Give the collections of these names to an actor who may add to them; Forbidden to others."""
    if not slugs:
        return []
    if Scope.KNOWN_WRITE not in actor.scopes:
        detail = f"Adding to a collection needs the scope '{Scope.KNOWN_WRITE}'."
        raise Forbidden(detail, scope=Scope.KNOWN_WRITE.value)
    return named(session, slugs)


def add(session: Session, collection: Collection, media_id: str, actor: Actor) -> None:
    """Put an item into a collection; it is no error if it is there."""
    # Two at once would both find no row; the second waits and finds the first one's. It is also
    # what `shelve` needs, which has to come before any row is locked, here the item's.
    db.in_commit_order(session)
    if db.media.lock(session, media_id) is None:
        raise tombstones.missing(session, media_id)
    if db.collections.membership(session, collection.id, media_id):
        return
    member = CollectionMember(collection_id=collection.id, media_id=media_id, added_by=actor.id)
    session.add(member)
    session.flush()
    added = AuditAction.COLLECTION_MEMBER_ADDED
    audit.written(session, actor, added, member, media_id=media_id)
    shelve(session, media_id)


def remove(session: Session, collection: Collection, media_id: str, actor: Actor) -> None:
    """Take an item out of a collection; it is no error if it is not there."""
    db.in_commit_order(session)
    member = db.collections.membership(session, collection.id, media_id)
    if member:
        gone = AuditAction.COLLECTION_MEMBER_REMOVED
        audit.removed(session, actor, gone, member, media_id=media_id)
        session.delete(member)
        shelve(session, media_id)
