"""What publishing takes, and what it refuses."""

from typing import Any

import pytest

from app import services
from app.access import SYSTEM
from app.core.policy import Relation
from app.db import Database
from app.errors import Forbidden, RestrictedTerm
from app.schemas.publications import PublicationRequest
from app.schemas.record_enums import PublicationState
from tests.records import add_item, claim, hear
from tests.services.publishing import (
    DESK,
    EDITOR,
    Publish,
    S,
    conclude,
    confirm,
    lacking,
    look,
    publishable_item,
    publisher,
    restrict,
    state_of,
)


@pytest.fixture
def item(database: Database) -> str:
    return publishable_item(database)


@pytest.fixture
def publish(database: Database, item: str) -> Publish:
    return publisher(database, item)


def test_everything_missing_is_named_at_once(database: Database, publish: Publish) -> None:
    with database.write() as session:
        bare = add_item(session)
        wanted = PublicationRequest.model_validate(
            {"codes": ["OriginalMediaContent", "TransformedContent"], "claims": ["nobody's"]}
        )
        record = services.verifications.take(session, bare)

        def send() -> object:
            return services.publication.publish(session, record, wanted, DESK, EDITOR)

        assert lacking(send) == ["status", "public_wording", "sensitivity", "codes", "claims"]
        conclude(session, bare, S.MISLEADING)
        look(session, bare, "pow", "minor", "graphic_violence")
        assert lacking(send) == ["public_interest_reason", "codes", "codes", "claims"]
    assert publish().version == 1


@pytest.mark.parametrize("status", [S.UNREVIEWED, S.IN_REVIEW, S.VOID, S.WITHDRAWN])
def test_what_is_not_concluded_is_not_published(
    database: Database, item: str, publish: Publish, status: S
) -> None:
    with database.write() as session:
        conclude(session, item, status)
    assert lacking(publish) == ["status"]


@pytest.mark.parametrize(
    ("status", "codes", "names"),
    [
        (S.UNVERIFIED, ["OriginalMediaContent"], ["codes"]),
        (S.UNVERIFIED, [], []),
        (S.VERIFIED, ["OriginalMediaContent", "EditedOrCroppedContent"], ["codes"]),
        (S.VERIFIED, ["OriginalMediaContent"], []),
        (S.VERIFIED, ["EditedOrCroppedContent"], []),
        (S.VERIFIED, ["StagedContent"], ["codes"]),
        (S.PARTLY_VERIFIED, ["TransformedContent"], ["codes"]),
        (S.PARTLY_VERIFIED, ["DecontextualizedContent"], ["codes", "original_context"]),
        (S.MISLEADING, ["OriginalMediaContent"], ["codes"]),
        (S.MISLEADING, ["DecontextualizedContent"], ["original_context"]),
        (S.MISLEADING, ["EditedOrCroppedContent"], []),
        (S.FABRICATED, ["DecontextualizedContent"], ["codes", "original_context"]),
        (S.FABRICATED, ["StagedContent"], []),
    ],
)
def test_codes_fit_the_verdict(
    database: Database,
    item: str,
    publish: Publish,
    *,
    status: S,
    codes: list[str],
    names: list[str],
) -> None:
    with database.write() as session:
        conclude(session, item, status)
    if names:
        assert lacking(lambda: publish(codes=codes)) == names
    else:
        assert list(publish(codes=codes).codes) == codes


@pytest.mark.parametrize(
    ("status", "approved", "other"),
    [
        (S.VERIFIED, "OriginalMediaContent", "EditedOrCroppedContent"),
        (S.MISLEADING, "EditedOrCroppedContent", "DecontextualizedContent"),
        (S.FABRICATED, "StagedContent", "TransformedContent"),
    ],
)
def test_one_editor_publishes_no_codes_but_those_that_were_approved(
    database: Database, item: str, publish: Publish, *, status: S, approved: str, other: str
) -> None:
    with database.write() as session:
        conclude(session, item, status)
        record = services.verifications.take(session, item)
        record.authenticity_codes, record.original_context = [approved], "An exercise in 2023."
    assert "codes" in lacking(lambda: publish(codes=[other]))
    assert "codes" in lacking(lambda: publish(codes=[approved, other]))
    assert list(publish().codes) == [approved]


def test_other_codes_and_another_context_than_were_public_are_a_correction(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        conclude(session, item, S.MISLEADING)
        record = services.verifications.take(session, item)
        record.authenticity_codes = ["DecontextualizedContent", "EditedOrCroppedContent"]
        record.original_context = "An exercise in 2023."
    publish()
    for changed in (
        {"codes": ["DecontextualizedContent"]},
        {"codes": ["EditedOrCroppedContent"]},
        {"original_context": "An exercise in 2022."},
    ):
        assert lacking(lambda: publish(**changed)) == ["correction_text"]  # noqa: B023
    turned = ["EditedOrCroppedContent", "DecontextualizedContent"]
    assert publish(codes=turned, description="Two men").corrections == ()
    said = {"codes": ["DecontextualizedContent"], "correction_text": "It is not cropped."}
    assert [each.text for each in publish(**said).corrections] == ["It is not cropped."]
    assert state_of(database, item).state is PublicationState.CORRECTED


def test_only_people_publish(database: Database, item: str) -> None:
    with database.write() as session:
        record = services.verifications.take(session, item)
        with pytest.raises(Forbidden):
            services.publication.publish(session, record, PublicationRequest(), DESK, SYSTEM)


def test_a_prisoner_is_published_of_for_a_reason_only(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        look(session, item, "pow", "wounded")
    assert lacking(publish) == ["public_interest_reason"]
    review = publish(public_interest_reason="The state denies that it takes part.")
    assert "denies" not in review.model_dump_json()


@pytest.mark.parametrize(
    "choices",
    [
        {"description": "Pak Chol Su in a cell"},
        {"creator": "PAK CHOLSU"},
        {"method_statement": "We asked pak chol-su."},
        {"codes": ["DecontextualizedContent"], "original_context": "A day of Pak  Chol Su"},
        {"content_url": "https://social.example/pak-chol-su"},
    ],
)
def test_no_restricted_term_goes_out_anywhere(
    database: Database, item: str, publish: Publish, choices: dict[str, Any]
) -> None:
    with database.write() as session:
        restrict(session, item, "Pak Chol-su", "AB 123456")
    with pytest.raises(RestrictedTerm) as refused:
        publish(**choices)
    place = list(choices)[-1].replace("content_url", "appearances[0].content_url")
    assert refused.value.extra["restricted"] == {place: ["Pak Chol-su"]}
    assert publish(description="A man in a cell").version == 1


def test_terms_hide_in_the_record_and_in_copies_too(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        copy = add_item(session)
        confirm(session, item, copy, Relation.EDITED)
        restrict(session, copy, "Tuva")
        claimed = claim(session, item, "He had a card of a man from Tuva")
        hear(session, item, claimed)
    with pytest.raises(RestrictedTerm) as refused:
        publish()
    assert refused.value.extra["restricted"] == {"claims[0].text": ["Tuva"]}
    assert publish(claims=[]).claims == ()
