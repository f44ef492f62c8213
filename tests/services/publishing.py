"""A record that may be published, and what it takes to publish it, for tests of what then goes out."""

from collections.abc import Callable
from typing import Any

import pytest

from app import db, services
from app.access import Role
from app.core.policy import Grade, Relation
from app.db import Database
from app.errors import MissingRequirements
from app.schemas.corroborations import NewCorroboration
from app.schemas.enums import EventType, ReviewDecision, VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.publications import Desk, PublicationRequest, PublicReview
from app.schemas.sensitivity import SensitivityChange
from tests.records import actor_of, add_item, add_match, put_at

S = VerificationStatus
DESK = Desk(name="The Desk", url="https://desk.example")
EDITOR, OTHER = actor_of(Role.EDITOR, "kim"), actor_of(Role.EDITOR, "lee")
WORDING = "Released by SBU; shows the two men. We have not confirmed when."

Publish = Callable[..., PublicReview]


def publishable_item(database: Database) -> str:
    """An item whose record may be published as it is."""
    with database.write() as session:
        made = add_item(session, title="Pak in a cell", source_name="uploader's friend")
        look(session, made)
        conclude(session, made, S.PARTLY_VERIFIED)
    return made


def publisher(database: Database, item: str) -> Publish:
    """What publishes the item as an editor with some choices, and gives the review."""

    def send(**choices: Any) -> PublicReview:
        with database.write() as session:
            record = services.verifications.take(session, item)
            request = PublicationRequest.model_validate(choices)
            return services.publication.publish(session, record, request, DESK, EDITOR)

    return send


def look(session: Any, media_id: str, *flags: str) -> None:
    """Say which flags an item has, after having looked."""
    record = services.verifications.take(session, media_id)
    wanted = SensitivityChange(flags=[SensitivityFlag(each) for each in flags], reviewed=True)
    services.sensitivity.change(session, record, wanted, EDITOR)


def restrict(session: Any, media_id: str, *terms: str) -> None:
    record = services.verifications.take(session, media_id)
    services.restricted_terms.replace(session, record, terms, EDITOR)


def conclude(session: Any, media_id: str, status: S, wording: str | None = WORDING) -> None:
    """Put a record at a status with a wording, published or not."""
    there = services.verifications.find(session, media_id)
    put_at(session, media_id, status, there.publication)
    there.public_wording = wording
    session.flush()


def lacking(send: Callable[[], object]) -> list[str]:
    with pytest.raises(MissingRequirements) as refused:
        send()
    return [text.split(":")[0] for text in refused.value.extra["missing"]]


def confirm(session: Any, query: str, known: str, relation: Relation = Relation.TRANSCODE) -> str:
    match = add_match(session, query, known, Grade.CERTAIN)
    stored = db.matches.find(session, match)
    assert stored
    stored.relation, stored.decision = relation, ReviewDecision.CONFIRMED
    session.flush()
    return match


def say(session: Any, media_id: str, source: dict[str, Any], **fields: Any) -> None:
    """Record what a source says of the media, or of what `fields` name."""
    given = {"about": "media", "stance": "supports", "independence": "independent", **fields}
    wanted = NewCorroboration.model_validate({"source": source, **given})
    record = services.verifications.take(session, media_id)
    services.corroborations.add(session, record, wanted, actor_of(Role.VERIFIER))


def state_of(database: Database, item: str) -> Any:
    with database.read() as session:
        return services.publication_views.state(session, item)


def told_of(database: Database, kind: EventType) -> list[dict[str, Any]]:
    with database.read() as session:
        return [event.data for event in db.events.after(session, 0, 50, kind, None)]
