"""Subscriptions: what somebody wants to hear of whenever it matches something; and which pairs were told."""

from collections.abc import Collection as SomeOf
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.policy import Grade
from app.db.base import Table, new_id, now, stored_enum
from app.db.collections import CollectionMember
from app.db.matches import StoredMatch, rejected_with
from app.db.media import MediaTag
from app.db.paging import Paged, paged


class Subscription(Table):
    """One subject, an item or a collection or all of some tags, and from which grade on it is told."""

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    owner_id: Mapped[str]
    owner_name: Mapped[str]
    media_id: Mapped[str | None] = mapped_column(sa.ForeignKey("media.id"), index=True)
    collection_id: Mapped[str | None] = mapped_column(sa.ForeignKey("collections.id"), index=True)
    tags: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    min_grade: Mapped[Grade] = mapped_column(stored_enum(Grade))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ToldPair(Table):
    """A pair of items, as `lower id/higher id`, that a subscription was told of."""

    __tablename__ = "subscription_pairs"

    subscription_id: Mapped[str] = mapped_column(
        sa.ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True
    )
    pair: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(default=now)


def find(session: Session, subscription_id: str) -> Subscription | None:
    """The subscription with this id, if there is one."""
    return session.get(Subscription, subscription_id)


def page(
    session: Session, owner_id: str | None, limit: int, cursor: str | None
) -> Paged[Subscription]:
    """One page of all subscriptions, or of somebody's; newest first."""
    statement = sa.select(Subscription)
    if owner_id is not None:
        statement = statement.where(Subscription.owner_id == owner_id)
    newest = (Subscription.created_at.desc(), Subscription.id.desc())
    return paged(session, statement.order_by(*newest), limit, cursor)


def remove(session: Session, subscription_id: str) -> None:
    """Drop a subscription, and what it was told of."""
    session.execute(sa.delete(Subscription).where(Subscription.id == subscription_id))


def of_item(session: Session, media_id: str) -> list[Subscription]:
    """The active subscriptions to one item."""
    wanted = sa.and_(Subscription.media_id == media_id, Subscription.active)
    return list(session.scalars(sa.select(Subscription).where(wanted).order_by(Subscription.id)))


def about(session: Session, media_ids: SomeOf[str]) -> dict[str, list[Subscription]]:
    """For each of some items the active subscriptions to it, its collections or its tags."""
    mine = CollectionMember
    members = sa.select(mine.media_id, mine.collection_id).where(mine.media_id.in_(media_ids))
    within = {(media_id, collection_id) for media_id, collection_id in session.execute(members)}
    found = sa.select(Subscription).where(
        Subscription.active,
        sa.or_(
            Subscription.media_id.in_(media_ids),
            Subscription.collection_id.in_({collection_id for _, collection_id in within}),
            Subscription.tags.is_not(None),
        ),
    )
    active = session.scalars(found.order_by(Subscription.created_at, Subscription.id)).all()
    tags = _tags(session, media_ids) if any(each.tags for each in active) else {}
    return {
        media_id: [
            each
            for each in active
            if each.media_id == media_id
            or (media_id, each.collection_id) in within
            or (each.tags and tags.get(media_id, set()).issuperset(each.tags))
        ]
        for media_id in media_ids
    }


def _tags(session: Session, media_ids: SomeOf[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = sa.select(MediaTag.media_id, MediaTag.tag).where(MediaTag.media_id.in_(media_ids))
    for media_id, tag in session.execute(rows):
        found.setdefault(media_id, set()).add(tag)
    return found


def standing(session: Session, media_id: str, known_ids: SomeOf[str]) -> list[StoredMatch]:
    """The matches of a query with some other items, surest first, without pairs that were rejected."""
    found = sa.select(StoredMatch).where(
        StoredMatch.query_media_id == media_id,
        StoredMatch.known_media_id.in_(known_ids),
        StoredMatch.known_media_id.not_in(rejected_with(session, media_id)),
    )
    return list(session.scalars(found.order_by(StoredMatch.confidence.desc(), StoredMatch.id)))


def graded(session: Session, media_id: str, others: SomeOf[str]) -> dict[str, Grade]:
    """The grades of a query's full matches with some other items, by the other item's id."""
    pairs = sa.select(StoredMatch.known_media_id, StoredMatch.grade).where(
        StoredMatch.query_media_id == media_id,
        StoredMatch.known_media_id.in_(others),
        StoredMatch.preliminary.is_(False),
    )
    return dict(session.execute(pairs).all())


def is_first(session: Session, subscription_id: str, one: str, other: str) -> bool:
    """Note that a subscription is told of a pair; false if it was before. Needs `in_commit_order`."""
    pair = "/".join(sorted((one, other)))
    if session.get(ToldPair, (subscription_id, pair)) is not None:
        return False
    session.add(ToldPair(subscription_id=subscription_id, pair=pair))
    session.flush()
    return True
