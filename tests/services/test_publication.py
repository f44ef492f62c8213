"""What becomes of what is published: revisions, corrections, withdrawals, the law."""

import json
from typing import Any

import pytest

from app import db, services
from app.db import Database
from app.errors import Conflict, Gone, NotFound, RestrictedTerm
from app.pages import media_review
from app.schemas.enums import EventType, HistoryAction
from app.schemas.publications import PublicationRequest
from app.schemas.record_enums import PublicationState
from app.schemas.verifications import TransitionRequest
from app.services import public_terms
from tests.pages.vocabulary import faults
from tests.records import claim, find_out, hear
from tests.services.publishing import (
    DESK,
    EDITOR,
    OTHER,
    Publish,
    S,
    conclude,
    lacking,
    publishable_item,
    publisher,
    restrict,
    state_of,
    told_of,
)


@pytest.fixture
def item(database: Database) -> str:
    return publishable_item(database)


@pytest.fixture
def publish(database: Database, item: str) -> Publish:
    return publisher(database, item)


def test_publishing_is_a_change_of_the_record_with_its_event(
    database: Database, item: str, publish: Publish
) -> None:
    before = state_of(database, item)
    assert (before.state, before.version, before.url) == (PublicationState.PRIVATE, 0, None)
    review = publish()
    after = state_of(database, item)
    assert (after.state, after.version, after.url) == ("published", 1, review.url)
    assert review.url.startswith("https://desk.example/public/reviews/")
    assert item not in review.url
    with database.read() as session:
        entry = db.verifications.history_page(session, item, 50, None).items[-1]
        record = services.verifications.find(session, item)
    assert (entry.action, entry.version) == (HistoryAction.REVIEW_PUBLISHED, record.version)
    assert entry.details["digest"] == after.revisions[0].digest
    assert record.publication is PublicationState.PUBLISHED
    assert told_of(database, EventType.REVIEW_PUBLISHED) == [
        {"url": review.url, "version": 1, "actor_kind": "person"}
    ]


def test_the_same_again_is_refused_and_something_new_is_a_revision(
    database: Database, item: str, publish: Publish
) -> None:
    first = publish()
    with pytest.raises(Conflict):
        publish()
    assert not state_of(database, item).outdated
    with database.write() as session:
        find_out(session, item, "date", "unclear")
    assert state_of(database, item).outdated
    second = publish(description="Two men in a cell")
    assert (second.version, second.url, second.published_at) == (2, first.url, first.published_at)
    assert second.corrections == ()
    kept = state_of(database, item).revisions
    assert [each.review for each in kept] == [first, second]
    assert [each.by for each in kept] == ["kim", "kim"]


def _move(database: Database, item: str, actor: Any = EDITOR, **fields: Any) -> None:
    with database.write() as session:
        record = services.verifications.take(session, item)
        request = TransitionRequest.model_validate({"note": "as we now know", **fields})
        services.transitions.apply(session, record, request, actor)


WITHDRAW = {"to": "withdrawn", "reason_code": "new_evidence"}


def test_a_withdrawal_is_public_at_once_under_the_same_address(
    database: Database, item: str, publish: Publish
) -> None:
    first = publish(codes=["OriginalMediaContent"], method_statement="We looked.")
    assert lacking(lambda: _move(database, item, **WITHDRAW)) == ["correction_text"]
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    state = state_of(database, item)
    assert (state.state, state.version, state.url) == ("withdrawn", 2, first.url)
    with database.read() as session:
        now = services.publication_views.public(session, first.url.rsplit("/", 1)[1])
    document = media_review.document(now)
    assert faults(document) == []
    assert "mediaAuthenticityCategory" not in document
    assert document["reviewRating"]["alternateName"] == "Withdrawn"
    assert [each["text"] for each in document["correction"]] == ["It is from 2023."]
    assert "We looked." not in json.dumps(document)
    assert [each["version"] for each in told_of(database, EventType.REVIEW_CORRECTED)] == [2]


def test_a_withdrawal_cannot_tell_a_restricted_term(
    database: Database, item: str, publish: Publish
) -> None:
    publish()
    with database.write() as session:
        restrict(session, item, "Tuva")
    with pytest.raises(RestrictedTerm):
        _move(database, item, **WITHDRAW, correction_text="He is not from Tuva.")
    assert state_of(database, item).state is PublicationState.PUBLISHED


def test_a_name_that_is_public_already_does_not_keep_its_review_public(
    database: Database, item: str, publish: Publish
) -> None:
    publish(description="A man from Tuva", creator="Tuva TV", content_url="https://tuva.example/1")
    with database.write() as session:
        restrict(session, item, "Tuva")
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    now = state_of(database, item).revisions[-1].review
    assert (now.status, now.description, now.creator) == (S.WITHDRAWN, None, None)
    assert "tuva" not in now.model_dump_json().casefold()
    assert [each.text for each in now.corrections] == ["It is from 2023."]


def test_a_name_in_an_earlier_correction_is_removed_by_the_next_revision(
    database: Database, item: str, publish: Publish
) -> None:
    publish()
    corrected = publish(correction_text="He is not from Tuva.").corrections
    with database.write() as session:
        restrict(session, item, "Tuva")
    assert state_of(database, item).outdated
    with pytest.raises(RestrictedTerm) as refused:
        publish(correction_text="We named Tuva.")
    assert refused.value.extra["restricted"] == {"corrections[1].text": ["Tuva"]}
    (kept,) = publish().corrections
    assert (kept.text, kept.at) == (public_terms.REMOVED, corrected[0].at)
    assert not state_of(database, item).outdated
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    last = state_of(database, item).revisions[-1].review
    assert [each.text for each in last.corrections] == [public_terms.REMOVED, "It is from 2023."]


def test_another_verdict_goes_out_without_what_became_restricted(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        claimed = claim(session, item, "He had a card of a man from Tuva")
        hear(session, item, claimed, link="https://social.example/tuva")
        hear(session, item, claimed, link="https://social.example/2")
        find_out(session, item, "date", "unclear", method=["asked_tuva", "shadows"])
    publish(description="A man from Tuva")
    with database.write() as session:
        restrict(session, item, "Tuva")
    named = {**MISLEADING, "original_context": "An exercise in Tuva."}
    _move(database, item, **named)
    with pytest.raises(RestrictedTerm) as refused:
        _move(database, item, OTHER, **named)
    assert refused.value.extra["restricted"] == {"original_context": ["Tuva"]}
    with database.write() as session:
        record = services.verifications.take(session, item)
        services.proposals.refuse(session, record, "It names the place.", OTHER)
    _move(database, item, **MISLEADING)
    _move(database, item, OTHER, **MISLEADING)
    state = state_of(database, item)
    now = state.revisions[-1].review
    assert "tuva" not in now.model_dump_json().casefold()
    assert (now.status, now.claims, [each.url for each in now.citations]) == (
        S.MISLEADING,
        (),
        ["https://social.example/2"],
    )
    assert ([each.methods for each in now.checks], state.choices.description) == (
        [("shadows",)],
        None,
    )


def test_what_was_never_public_is_withdrawn_in_silence(database: Database, item: str) -> None:
    _move(database, item, **WITHDRAW)
    assert state_of(database, item).version == 0
    assert told_of(database, EventType.REVIEW_CORRECTED) == []


MISLEADING = {
    "to": "misleading",
    "authenticity_codes": ["DecontextualizedContent"],
    "original_context": "An exercise in 2023.",
    "evidence": ["https://video.example/2023"],
    "public_wording": "Real, but of 2023.",
    "correction_text": "We took it for new.",
}


def test_a_correction_by_two_editors_goes_out_with_their_words(
    database: Database, item: str, publish: Publish
) -> None:
    publish(codes=["OriginalMediaContent"], description="Two men", method_statement="We looked.")
    without = {**MISLEADING, "correction_text": None}
    assert lacking(lambda: _move(database, item, **without))[0] == "correction_text"
    _move(database, item, **MISLEADING)
    assert state_of(database, item).version == 1
    _move(database, item, OTHER, **MISLEADING)
    state = state_of(database, item)
    assert (state.state, state.version, state.outdated) == ("corrected", 2, False)
    now = state.revisions[-1].review
    assert (now.status, now.wording, now.original_context) == (
        S.MISLEADING,
        "Real, but of 2023.",
        "An exercise in 2023.",
    )
    assert (list(now.codes), now.description) == (["DecontextualizedContent"], "Two men")
    assert now.method_statement is None
    assert [each.text for each in now.corrections] == ["We took it for new."]
    _move(database, item, **WITHDRAW, correction_text="We cannot say that either.")
    last = state_of(database, item).revisions[-1].review
    assert [each.text for each in last.corrections] == [
        "We took it for new.",
        "We cannot say that either.",
    ]


def test_a_verdict_after_unverified_is_an_update(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        conclude(session, item, S.UNVERIFIED)
    publish()
    with database.write() as session:
        conclude(session, item, S.VERIFIED, "Verified by us.")
    assert state_of(database, item).outdated
    review = publish(codes=["OriginalMediaContent"])
    assert (review.version, review.corrections) == (2, ())
    assert state_of(database, item).state is PublicationState.PUBLISHED


def test_a_preview_is_what_goes_out_and_changes_nothing(
    database: Database, item: str, publish: Publish
) -> None:
    choices = {"codes": ["OriginalMediaContent"], "description": "Two men"}
    with database.read() as session:
        request = PublicationRequest.model_validate(choices)
        seen = services.publication_views.preview(session, item, request, DESK)
    assert (seen.missing, seen.restricted) == ([], {})
    assert state_of(database, item).version == 0
    review = publish(**choices)
    aside = {"url", "published_at", "updated_at"}
    assert seen.review.model_dump(exclude=aside) == review.model_dump(exclude=aside)
    with database.read() as session:
        again = services.publication_views.preview(session, item, None, DESK).review
    assert (again.url, again.codes, again.version) == (review.url, review.codes, 2)


def test_the_law_takes_everything_but_the_place(
    database: Database, item: str, publish: Publish
) -> None:
    review = publish(description="Two men in a cell")
    for _ in range(2):
        with database.write() as session:
            record = services.verifications.take(session, item)
            services.publication.tombstone(session, record, EDITOR)
    state = state_of(database, item)
    assert (state.state, state.version) == ("tombstoned", 1)
    assert [(each.review, len(each.digest)) for each in state.revisions] == [(None, 64)]
    with database.read() as session:
        with pytest.raises(Gone):
            services.publication_views.public(session, review.url.rsplit("/", 1)[1])
        with pytest.raises(NotFound):
            services.publication_views.public(session, "a" * 16)
        assert services.publication_views.public_page(session, 10, None).reviews == []
        stored = session.connection().exec_driver_sql(
            "SELECT review, choices FROM publication_revisions JOIN publications USING (media_id)"
        )
        assert "cell" not in " ".join(str(value) for row in stored for value in row)
    assert [each["url"] for each in told_of(database, EventType.REVIEW_TOMBSTONED)] == [review.url]
    with pytest.raises(Gone):
        publish()


def test_what_follows_a_withdrawal_is_a_correction_in_its_verdicts_words(
    database: Database, item: str, publish: Publish
) -> None:
    publish()
    _move(database, item, **WITHDRAW, correction_text="It is from 2023.")
    _move(database, item, to="in_review")
    without = {**MISLEADING, "correction_text": None}
    assert lacking(lambda: _move(database, item, **without)) == [
        "correction_text",
        "approval by another editor",
    ]
    _move(database, item, **MISLEADING)
    _move(database, item, OTHER, **MISLEADING)
    assert state_of(database, item).state is PublicationState.WITHDRAWN
    review = publish()
    assert [each.text for each in review.corrections] == [
        "It is from 2023.",
        "We took it for new.",
    ]
    assert (review.version, state_of(database, item).state) == (3, PublicationState.CORRECTED)
    assert [each["version"] for each in told_of(database, EventType.REVIEW_CORRECTED)] == [2, 3]
