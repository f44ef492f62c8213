import json
from typing import Any

import pytest

from app.pages import media_review
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.publication_enums import DigitalSource
from app.schemas.record_enums import ClaimState
from tests.pages.reviews import DESK, bare, full
from tests.pages.vocabulary import faults


@pytest.mark.parametrize("status", [each for each in VerificationStatus if each.value != "void"])
@pytest.mark.parametrize("make", [bare, full])
def test_every_review_is_schema_org(make: Any, status: VerificationStatus) -> None:
    assert faults(media_review.document(make(status=status))) == []


def test_every_code_and_every_source_is_a_member() -> None:
    codes = media_review.document(full(codes=tuple(AuthenticityCode)))
    assert len(codes["mediaAuthenticityCategory"]) == 6
    assert faults(codes) == []
    file = full().appearances[0]
    for source in DigitalSource:
        disclosed = file.model_copy(update={"digital_source": source})
        assert faults(media_review.document(full(appearances=(disclosed,)))) == []


def test_the_feed_is_schema_org() -> None:
    feed = media_review.feed([bare(), full()], DESK, "https://desk.example/public/reviews.jsonld")
    assert faults(feed) == []
    assert [each["item"]["@type"] for each in feed["dataFeedElement"]] == ["MediaReview"] * 2


@pytest.mark.parametrize(
    ("place", "name", "value", "fault"),
    [
        ((), "relatedMediaReview", "https://desk.example/x", "no such property"),
        ((), "backstory", "Filmed by a neighbour", "no such property"),
        ((), "duration", "PT64.2S", "not a property of this type"),
        (("itemReviewed",), "embeddedTextCaption", "SBU", "not a property of this type"),
        ((), "mediaAuthenticityCategory", ["OriginalMediaContent"], "is none of"),
        ((), "mediaAuthenticityCategory", ["https://schema.org/Unverified"], "is none of"),
        ((), "reviewRating", {"@type": "Organization", "name": "x"}, "is none of"),
        ((), "datePublished", "yesterday", "is none of"),
        (("itemReviewed",), "@type", "MediaItem", "is none of"),
    ],
)
def test_the_vocabulary_refuses_what_it_does_not_know(
    place: tuple[str, ...], name: str, value: object, fault: str
) -> None:
    document = media_review.document(full())
    node = document
    for each in place:
        node = node[each]
    node[name] = value
    assert [each for each in faults(document) if fault in each]


def test_it_says_what_the_desk_says() -> None:
    document = media_review.document(full())
    assert document["@id"] == document["url"] == "https://desk.example/public/reviews/abc"
    assert (document["version"], document["author"]["name"]) == (3, "Verification desk")
    assert document["mediaAuthenticityCategory"] == [
        "https://schema.org/DecontextualizedContent",
        "https://schema.org/EditedOrCroppedContent",
    ]
    assert document["originalMediaContextDescription"] == "An exercise in 2023."
    assert document["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "Misleading",
        "ratingExplanation": "Real footage, but from 2023.",
    }
    assert document["reviewBody"].splitlines() == [
        "We compared it with footage published in 2023.",
        "– When was it made? Contradicted (shadow).",
        "– Who made and released it? Confirmed.",
    ]
    item = document["itemReviewed"]
    video, still, sound = item["mediaItemAppearance"]
    assert (video["duration"], video["sha256"], video["contentSize"]) == (
        "PT64.2S",
        "ab" * 32,
        "1234567 B",
    )
    assert video["hasPart"][0] == {
        "@type": "Clip",
        "startOffset": 0.0,
        "endOffset": 6.6,
        "description": "Shown in 2023",
    }
    assert (still["@type"], sound["@type"]) == ("ImageObjectSnapshot", "AudioObjectSnapshot")
    assert [each["text"] for each in item["interpretedAsClaim"]] == [
        "Two soldiers were captured",
        "One had no papers",
    ]
    assert document["correction"][0]["text"] == "We first called this verified."


def test_only_closed_claims_are_reviewed() -> None:
    reviews = media_review.document(full())["associatedClaimReview"]
    assert [(each["claimReviewed"], each["reviewRating"]["alternateName"]) for each in reviews] == [
        ("Two soldiers were captured", "Supported")
    ]
    claim = full().claims[1]
    for state in ClaimState:
        one = (claim.model_copy(update={"state": state}),)
        document = media_review.document(full(claims=one))
        assert ("associatedClaimReview" in document) is (state is not ClaimState.OPEN)


@pytest.mark.parametrize("status", [VerificationStatus.UNVERIFIED, VerificationStatus.WITHDRAWN])
def test_what_is_not_known_has_no_category(status: VerificationStatus) -> None:
    document = media_review.document(full(status=status))
    assert "mediaAuthenticityCategory" not in document
    assert "originalMediaContextDescription" not in document
    assert "ratingValue" not in json.dumps(document)


def test_context_belongs_to_what_is_out_of_context() -> None:
    document = media_review.document(full(codes=(AuthenticityCode.TRANSFORMED,)))
    assert "originalMediaContextDescription" not in document


def test_what_is_not_there_is_left_out() -> None:
    document = media_review.document(bare())
    assert "null" not in json.dumps(document)
    assert set(document) == {
        "@context",
        "@type",
        "@id",
        "url",
        "datePublished",
        "dateModified",
        "version",
        "author",
        "publisher",
        "sdPublisher",
        "reviewRating",
        "itemReviewed",
    }
