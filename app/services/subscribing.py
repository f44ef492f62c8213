"""Tell subscriptions of what was recorded: in its transaction, each pair once."""

from collections.abc import Collection as SomeOf
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.core.policy import Grade
from app.db.matches import StoredMatch
from app.schemas.enums import EventType
from app.services import events

_RANK = {grade: rank for rank, grade in enumerate(Grade)}


def tell(
    session: Session,
    matches: Sequence[StoredMatch],
    told: Mapping[str, dict[str, Any]],
    old: SomeOf[str] = (),
) -> None:
    """Publish an event for each subscription that one of these matches concerns, once a pair of items.

    `matches` are full ones that nobody rejected, `told` holds what to say of each by its id. Those
    whose ids are in `old` had the same grade before, so they are news only to subscriptions that
    are older than they are. What matches common material is told only to subscriptions to that
    material: an ident is no subject of the items that show it.
    """
    ends = {end for match in matches for end in (match.query_media_id, match.known_media_id)}
    if not ends:
        return
    about = db.subscriptions.about(session, ends)
    common = db.collections.in_common(session, ends)
    for match in matches:
        query, known = match.query_media_id, match.known_media_id
        subjects = [each for each in (query, known) if each in common] or [query, known]
        asking = {each.id: each for subject in subjects for each in about[subject]}
        for each in asking.values():
            enough = _RANK[match.grade] <= _RANK[each.min_grade]
            is_news = match.id not in old or match.found_at >= each.created_at
            if enough and is_news and db.subscriptions.is_first(session, each.id, query, known):
                data = {"subscription_id": each.id, "subscription": each.name, **told[match.id]}
                events.publish(session, EventType.SUBSCRIPTION_MATCHED, query, data)
