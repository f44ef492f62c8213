"""Records that are brought from status to status, for tests of who may and what it takes."""

from collections.abc import Callable
from typing import Any

import pytest

from app import services
from app.access import Actor, Role
from app.db import Database
from app.errors import MissingRequirements
from app.schemas.enums import VerificationStatus
from app.schemas.record_enums import PublicationState
from app.schemas.verifications import TransitionRequest
from tests.records import actor_of, find_out, hear, put_at

S = VerificationStatus
V, E = Role.VERIFIER, Role.EDITOR
PRIVATE, PUBLISHED = PublicationState.PRIVATE, PublicationState.PUBLISHED

NOTE = "note: at least 10 characters"
APPROVAL = "approval by another editor"
CORRECTION = "correction_text: what is taken back, in public words"

Conclude = Callable[..., VerificationStatus]


def concluder(database: Database) -> Conclude:
    """What sends one transition, and gives the status that the record then has."""

    def send(media_id: str, actor: Actor, **fields: object) -> VerificationStatus:
        with database.write() as session:
            record = services.verifications.take(session, media_id)
            request = TransitionRequest.model_validate(fields)
            services.transitions.apply(session, record, request, actor)
        with database.read() as session:
            return services.verifications.find(session, media_id).status

    return send


def at_status(
    database: Database, item: str, status: VerificationStatus, publication: Any = PRIVATE
) -> None:
    with database.write() as session:
        put_at(session, item, status, publication)


def missing_of(conclude: Conclude, item: str, actor: Actor, **fields: object) -> list[str]:
    with pytest.raises(MissingRequirements) as refused:
        conclude(item, actor, **fields)
    missing: list[str] = refused.value.extra["missing"]
    return missing


SURE = {"to": "verified", "note": "I am quite sure of it"}


def settle(database: Database, item: str, **verdicts: str) -> None:
    """Everything that `verified` takes but approval; `verdicts` of some pillars otherwise."""
    with database.write() as session:
        put_at(session, item, S.IN_REVIEW)
        for pillar in ("provenance", "source", "date", "location"):
            find_out(session, item, pillar, verdicts.get(pillar, "confirmed"))
        hear(session, item, source="pool camera")


def lacks_of(conclude: Conclude, item: str, **fields: object) -> set[str]:
    """What `verified` lacks besides its approval."""
    return set(missing_of(conclude, item, actor_of(V), **SURE, **fields)) - {APPROVAL}
