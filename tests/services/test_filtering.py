"""Deliveries are promised to those endpoints only whose filters let an event through."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import db, services
from app.access import SYSTEM, Role
from app.db import Database
from app.errors import Unprocessable
from app.schemas.enums import CollectionKind, EventType, VerificationStatus
from app.schemas.privacy_enums import FlagBasis, SensitivityFlag
from app.schemas.webhooks import NewWebhook, WebhookFilters
from app.services import collections, events, webhooks
from tests.records import actor_of, add_item, put_at

URL = "https://example.org/"


def endpoint(session: Session, **filters: Any) -> str:
    wanted = NewWebhook(url=URL, filters=WebhookFilters.model_validate(filters))
    return webhooks.create(session, wanted, SYSTEM, allow_private=False).id


def told(session: Session, event: db.events.Event) -> set[str]:
    page = db.webhooks.deliveries(session, None, None, 200, None)
    return {each.endpoint_id for each in page.items if each.event_seq == event.seq}


def gets(
    session: Session,
    endpoint_id: str,
    kind: EventType,
    media_id: str | None = None,
    **data: Any,
) -> bool:
    return endpoint_id in told(session, events.publish(session, kind, media_id, data))


def flag(session: Session, media_id: str, *flags: SensitivityFlag) -> None:
    session.add_all(
        db.sensitivity.StoredFlag(
            media_id=media_id, flag=each, by_id="v", by_name="v", basis=FlagBasis.PERSON
        )
        for each in flags
    )


def test_an_item_is_asked_for_its_status_and_a_change_for_both(database: Database) -> None:
    with database.write() as session:
        mine = endpoint(session, statuses=["verified", "misleading"])
        fresh, done = add_item(session), add_item(session)
        put_at(session, done, VerificationStatus.VERIFIED)
        session.flush()
        assert gets(session, mine, EventType.NOTE_ADDED, done)
        assert not gets(session, mine, EventType.NOTE_ADDED, fresh)
        assert gets(session, mine, EventType.MATCH_FOUND, fresh, known_id=done)
        changed = EventType.STATUS_CHANGED
        assert gets(session, mine, changed, fresh, **{"from": "verified", "to": "in_review"})
        assert gets(session, mine, changed, fresh, **{"from": "in_review", "to": "misleading"})
        assert not gets(session, mine, changed, fresh, **{"from": "unreviewed", "to": "in_review"})


def test_a_match_is_asked_for_what_it_is_with(database: Database) -> None:
    with database.write() as session:
        archive = endpoint(session, against=["known"])
        item, found = add_item(session), EventType.MATCH_FOUND
        assert gets(session, archive, found, item, against="known")
        assert not gets(session, archive, found, item, against="upload")
        assert gets(session, archive, EventType.NOTE_ADDED, item)


def test_a_match_is_asked_for_its_grade_and_score(database: Database) -> None:
    with database.write() as session:
        sure = endpoint(session, grades=["certain"])
        strong = endpoint(session, min_score=0.8)
        item = add_item(session)
        found = EventType.MATCH_FOUND
        assert gets(session, sure, found, item, grade="certain", score=0.7)
        assert not gets(session, strong, found, item, grade="certain", score=0.7)
        assert gets(session, strong, found, item, grade="probable", score=0.8)
        assert not gets(session, sure, found, item, grade="probable", score=0.8)
        for other in (sure, strong):
            assert gets(session, other, EventType.NOTE_ADDED, item), "it has neither"


def test_items_are_asked_for_collections_and_tags_on_either_side_of_a_match(
    database: Database,
) -> None:
    with database.write() as session:
        curator = actor_of(Role.EDITOR)
        archive = collections.create(session, "war", "War", CollectionKind.ARCHIVE, curator)
        known, upload, other = (
            add_item(session),
            add_item(session, tags=["kursk"]),
            add_item(session),
        )
        collections.add(session, archive, known, curator)
        of_archive = endpoint(session, collections=["war"])
        of_kursk = endpoint(session, tags=["kursk", "sumy"])
        both = endpoint(session, collections=["war"], tags=["kursk"])
        found = events.publish(session, EventType.MATCH_FOUND, upload, {"known_id": known})
        assert told(session, found) == {of_archive, of_kursk, both}
        noted = events.publish(session, EventType.NOTE_ADDED, upload, {})
        assert told(session, noted) == {of_kursk}
        assert not told(session, events.publish(session, EventType.NOTE_ADDED, other, {}))


def test_items_are_asked_for_flags(database: Database) -> None:
    with database.write() as session:
        flagged = endpoint(session, sensitivity=["flagged"])
        unflagged = endpoint(session, sensitivity=["unflagged"])
        prisoners = endpoint(session, sensitivity=["pow", "unflagged"])
        items = [add_item(session) for _ in range(3)]
        flag(session, items[1], SensitivityFlag.WOUNDED)
        flag(session, items[2], SensitivityFlag.WOUNDED, SensitivityFlag.POW)
        session.flush()
        found = [
            told(session, events.publish(session, EventType.NOTE_ADDED, item, {})) for item in items
        ]
        assert found == [{unflagged, prisoners}, {flagged}, {flagged, prisoners}]
        both = events.publish(session, EventType.MATCH_FOUND, items[0], {"known_id": items[1]})
        assert told(session, both) == {flagged}


def test_what_is_about_no_item_or_a_purged_one_passes(database: Database) -> None:
    with database.write() as session:
        strict = endpoint(session, statuses=["verified"], tags=["x"], sensitivity=["flagged"])
        assert gets(session, strict, EventType.MEDIA_REJECTED, reason_code="not_media")
        assert gets(session, strict, EventType.MEDIA_PURGED, add_item(session))
        assert not gets(session, strict, EventType.MEDIA_FAILED, add_item(session))


def test_a_withdrawal_reaches_who_was_told_the_verdict_past_all_filters(
    database: Database,
) -> None:
    with database.write() as session:
        item = add_item(session, tags=["kursk"])
        had_it, never = endpoint(session, tags=["kursk"]), endpoint(session, tags=["sumy"])
        assert gets(session, had_it, EventType.STATUS_CHANGED, item, to="verified")
        services.webhooks.get(session, had_it).filters = {"tags": ["sumy"]}
        withdrawn = events.publish_urgently(session, EventType.VERDICT_WITHDRAWN, item, {})
        assert told(session, withdrawn) == {had_it}
        broken = events.publish_urgently(session, EventType.INTEGRITY_FAILED, item, {})
        assert told(session, broken) == {had_it}
        chain = events.publish_urgently(session, EventType.INTEGRITY_FAILED, None, {})
        assert told(session, chain) == {had_it, never}


def test_an_endpoint_is_not_told_of_itself(database: Database) -> None:
    with database.write() as session:
        mine, other = endpoint(session), endpoint(session)
        event = events.publish(session, EventType.ENDPOINT_FAILING, None, {"endpoint_id": mine})
        assert told(session, event) == {other}


def test_a_collection_that_is_not_there_is_refused(database: Database) -> None:
    with (
        database.write() as session,
        pytest.raises(Unprocessable, match="no such collections: war"),
    ):
        endpoint(session, collections=["war"])
