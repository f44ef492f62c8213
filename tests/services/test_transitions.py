"""A record is brought from status to status: by whom, in which words, and what stays of them."""

import pytest

from app import db, services
from app.access import SYSTEM, Actor, Role
from app.db import Database
from app.errors import Forbidden
from app.schemas.enums import EventType, ReasonCode
from app.schemas.record_enums import PublicationState
from app.services import purging, requirements
from tests.records import PURGE, actor_of, add_item, find_out
from tests.services.statuses import (
    APPROVAL,
    CORRECTION,
    PUBLISHED,
    Conclude,
    E,
    S,
    V,
    at_status,
    concluder,
    missing_of,
)


@pytest.fixture
def conclude(database: Database) -> Conclude:
    return concluder(database)


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


def test_a_record_goes_from_unreviewed_to_unverified_and_back_into_review(
    database: Database, item: str, conclude: Conclude
) -> None:
    verifier = actor_of(Role.VERIFIER)
    started = conclude(item, verifier, to="in_review", assignee="Kim", note="Taking this one on")
    assert started is S.IN_REVIEW
    unverified = {
        "to": "unverified",
        "note": "Nobody could see the prisoners",
        "missing": ["unedited original"],
        "public_wording": "could not be independently verified",
    }
    assert missing_of(conclude, item, verifier, **unverified) == ["findings: at least one"]
    with database.write() as session:
        find_out(session, item, "date", "unclear")
    assert conclude(item, verifier, **unverified) is S.UNVERIFIED
    assert conclude(item, verifier, to="in_review", note="A pool camera was there") is S.IN_REVIEW


def test_the_fields_of_a_status_leave_with_it_and_the_assignment_stays(
    database: Database, item: str, conclude: Conclude
) -> None:
    verifier = actor_of(Role.VERIFIER)
    start = {"to": "in_review", "assignee": "Kim", "due_at": "2025-01-11T17:00:00Z"}
    conclude(item, verifier, note="Taking this one on", **start)
    with database.write() as session:
        find_out(session, item, "source", "probable")
        assert services.verifications.find(session, item).due_at is not None
    said = {"missing": ["x"], "public_wording": "not confirmed"}
    conclude(item, verifier, to="unverified", note="Nobody could tell us", **said)
    with database.read() as session:
        record = services.verifications.find(session, item)
        assert (record.missing, record.public_wording) == (["x"], "not confirmed")
        assert record.due_at is None, "what was due is done"
    conclude(item, verifier, to="in_review", note="Something new came")
    with database.read() as session:
        record = services.verifications.find(session, item)
        assert (record.assignee, record.missing) == ("Kim", None)
        assert record.public_wording == "being checked"


@pytest.mark.parametrize("actor", [actor_of(Role.SERVICE), SYSTEM])
def test_machines_move_no_record_whatever_their_scopes(
    item: str, conclude: Conclude, actor: Actor
) -> None:
    everything = actor_of(Role.ADMIN).scopes
    armed = Actor(actor.id, actor.name, Role.SERVICE, everything)
    for machine in (actor, armed):
        with pytest.raises(Forbidden):
            conclude(item, machine, to="in_review", assignee="bot", note="beep beep beep beep")


def test_viewers_and_auditors_are_refused_before_anything_else(
    item: str, conclude: Conclude
) -> None:
    for role in (Role.VIEWER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            conclude(item, actor_of(role), to="verified")


def test_a_producer_voids_an_own_upload_while_nobody_has_looked(
    database: Database, item: str, conclude: Conclude
) -> None:
    void = {"to": "void", "reason_code": "wrong_file", "note": "picked the wrong file"}
    with pytest.raises(Forbidden):
        conclude(item, actor_of(Role.PRODUCER, "somebody else"), **void)
    at_status(database, item, S.IN_REVIEW)
    with pytest.raises(Forbidden):
        conclude(item, actor_of(Role.PRODUCER), **void)
    at_status(database, item, S.UNREVIEWED)
    assert conclude(item, actor_of(Role.PRODUCER), **void) is S.VOID
    with pytest.raises(Forbidden):
        conclude(item, actor_of(Role.VERIFIER), to="in_review", note="but it is the right file")
    reopened = conclude(item, actor_of(Role.EDITOR), to="in_review", note="it is the right file")
    assert reopened is S.IN_REVIEW


def test_a_duplicate_names_another_item_that_exists(
    database: Database, item: str, conclude: Conclude
) -> None:
    with database.write() as session:
        other, gone = add_item(session), add_item(session)
        purging.order(session, gone, PURGE, actor_of(Role.ADMIN))
    void = {"to": "void", "reason_code": "duplicate_of", "note": "same as another one"}
    for wrong in (None, "unknown", item, gone):
        missing = missing_of(conclude, item, actor_of(V), duplicate_of=wrong, **void)
        assert missing == [requirements.DUPLICATE.text]
    assert conclude(item, actor_of(Role.VERIFIER), duplicate_of=other, **void) is S.VOID


def test_a_reason_of_the_other_kind_is_none(
    database: Database, item: str, conclude: Conclude
) -> None:
    at_status(database, item, S.VERIFIED)
    for to, wrong in ((S.VOID, ReasonCode.LEGAL), (S.WITHDRAWN, ReasonCode.TEST)):
        assert missing_of(conclude, item, actor_of(E), to=to, reason_code=wrong, note="long enough")
    taken_back = {"to": "withdrawn", "reason_code": "new_evidence", "note": "it is from 2023"}
    assert conclude(item, actor_of(Role.EDITOR), **taken_back) is S.WITHDRAWN


def test_a_published_verdict_is_taken_back_in_public_words(
    database: Database, item: str, conclude: Conclude
) -> None:
    at_status(database, item, S.VERIFIED, PUBLISHED)
    taken_back = {"to": "withdrawn", "reason_code": "new_evidence", "note": "it is from 2023"}
    assert missing_of(conclude, item, actor_of(E), **taken_back) == [CORRECTION]
    text = "This footage is from 2023."
    assert conclude(item, actor_of(E), correction_text=text, **taken_back) is S.WITHDRAWN
    with database.read() as session:
        told = [event.type for event in db.events.after(session, 0, 50, None, item)]
        (withdrawn,) = db.events.after(session, 0, 50, EventType.VERDICT_WITHDRAWN, item)
    assert told.index(EventType.VERDICT_WITHDRAWN) < told.index(EventType.STATUS_CHANGED)
    assert withdrawn.data["correction_text"] == text
    assert (withdrawn.data["from"], withdrawn.data["reason_code"]) == ("verified", "new_evidence")


def test_a_new_verdict_after_a_public_withdrawal_says_what_was_wrong(
    database: Database, item: str, conclude: Conclude
) -> None:
    misleading = {
        "to": "misleading",
        "note": "It is from 2023",
        "authenticity_codes": ["DecontextualizedContent"],
        "original_context": "A flood in 2023",
        "evidence": ["https://example.org/2023"],
    }
    at_status(database, item, S.IN_REVIEW, PublicationState.WITHDRAWN)
    assert missing_of(conclude, item, actor_of(V), **misleading) == [CORRECTION, APPROVAL]
    conclude(item, actor_of(V), correction_text="It is from 2023.", **misleading)


def test_what_was_never_public_is_taken_back_without_its_text_being_told(
    database: Database, item: str, conclude: Conclude
) -> None:
    at_status(database, item, S.MISLEADING)
    taken_back = {"to": "withdrawn", "reason_code": "error", "note": "we mixed up two clips"}
    conclude(item, actor_of(E), correction_text="internal words", **taken_back)
    with database.read() as session:
        (withdrawn,) = db.events.after(session, 0, 50, EventType.VERDICT_WITHDRAWN, item)
    assert "correction_text" not in withdrawn.data
