"""Fact checks of feeds: kept, found by words and addresses, and beside what they concern."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import Parts
from app.schemas.enums import CollectionKind
from app.services.imports.bounded_json import MOST_BYTES
from app.services.imports.fact_check_feed import MOST_ADDRESSES, reviews
from tests.services.importing import counts, failure, imported, make_collection, order, stills
from tests.uploads import png, upload

CLAIM: dict[str, Any] = {
    "@type": "ClaimReview",
    "url": "https://checkers.example/flood",
    "claimReviewed": "The video shows this week's flood in Kherson.",
    "datePublished": "2024-06-01",
    "author": {"@type": "Organization", "name": "Checkers", "url": "https://checkers.example"},
    "reviewRating": {
        "@type": "Rating",
        "alternateName": "False",
        "ratingValue": 1,
        "bestRating": 5,
    },
    "itemReviewed": {
        "@type": "Claim",
        "author": {"@type": "Person", "name": "X", "sameAs": "https://people.example/x"},
        "firstAppearance": {"@type": "CreativeWork", "url": "http://www.social.example/p/1/"},
        "appearance": [{"url": "https://t.example/2#top"}],
    },
}
MEDIA: dict[str, Any] = {
    "@type": ["MediaReview"],
    "url": "https://checkers.example/photo",
    "author": [{"name": "Checkers"}],
    "mediaAuthenticityCategory": "DecontextualizedContent",
    "originalMediaContextDescription": "A dam in 2017.",
    "itemReviewed": {
        "@type": "MediaReviewItem",
        "mediaItemAppearance": [
            {"@type": "ImageObject", "contentUrl": "https://cdn.example/img/001.png?w=9"},
            {"@type": "ImageObject", "contentUrl": "media/002.png"},
            {"@type": "ImageObject", "contentUrl": "https://cdn.example/elsewhere.png"},
        ],
    },
}
UNRATED = {"@type": "ClaimReview", "claimReviewed": "Straße gesperrt", "author": "Y"}


def feed(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "feeds"
    stills(made, [1])
    stills(made / "media", [2])
    return made


@pytest.mark.parametrize(
    "whole",
    [
        CLAIM,
        [CLAIM],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, CLAIM]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": CLAIM}]},
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [CLAIM]}]},
    ],
)
def test_feeds_of_every_form_are_read(
    parts: Parts, client: TestClient, folder: Path, whole: Any
) -> None:
    path = feed(folder / "feed.json", whole)
    assert counts(imported(parts, order(parts, "fact_checks", path, None))) == (1, 0, 0, 0)
    assert counts(imported(parts, order(parts, "fact_checks", path, None))) == (0, 1, 0, 0)
    (found,) = client.get("/v1/fact-checks").json()["items"]
    assert found["claim"] == CLAIM["claimReviewed"]
    assert (found["verdict"], found["author"]) == ("False", "Checkers")
    assert found["author_url"] == "https://checkers.example"
    assert found["appearances"] == ["http://www.social.example/p/1/", "https://t.example/2#top"]
    assert client.get(found["links"]["self"]).json() == found


def test_they_are_found_by_words_and_addresses(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    path = feed(folder / "feed.json", [CLAIM, MEDIA, UNRATED, {"@type": "ClaimReview"}])
    answer = imported(parts, order(parts, "fact_checks", path, None))
    assert counts(answer) == (3, 0, 0, 1)  # without a collection no media
    assert [(each.line, each.code) for each in answer.errors] == [(4, "no_claim")]

    def found(**asked: str) -> list[str]:
        page = client.get("/v1/fact-checks", params=asked).json()
        return [each["kind"] + ": " + (each["claim"] or "") for each in page["items"]]

    flood, dam = f"ClaimReview: {CLAIM['claimReviewed']}", "MediaReview: A dam in 2017."
    assert found(q="KHERSON flood") == [flood]
    assert found(q="strasse") == ["ClaimReview: Straße gesperrt"]
    assert found(q="kherson dam") == []
    assert found(url="https://social.example/p/1") == [flood]
    assert found(url="http://t.example/2") == [flood]
    assert found(url="https://checkers.example/photo") == [dam]
    assert found(url="https://cdn.example/img/001.png?w=9") == [dam]
    assert found(url="https://people.example/x") == []
    assert client.get("/v1/fact-checks/none").status_code == 404


def test_they_stand_beside_items_from_the_same_address_and_set_no_status(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    item = upload(client, png(5), source_url="https://social.example/p/1?").json()
    other = upload(client, png(6), source_url="https://social.example/p/2").json()
    imported(parts, order(parts, "fact_checks", feed(folder / "f.json", CLAIM), None))
    (beside,) = client.get(item["links"]["fact_checks"]).json()["items"]
    assert beside["verdict"] == "False"
    assert client.get(other["links"]["fact_checks"]).json()["items"] == []
    assert client.get(f"/v1/media/{item['id']}").json()["verification"]["status"] == "unreviewed"
    assert client.get("/v1/media/none/fact-checks").status_code == 404


def test_media_that_lie_beside_become_known_as_debunked(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    make_collection(parts, "fakes", CollectionKind.DEBUNKED)
    missing = MEDIA | {"url": "https://checkers.example/3", "itemReviewed": {"contentUrl": "3.png"}}
    path = feed(folder / "feed.json", [MEDIA, missing])
    answer = imported(parts, order(parts, "fact_checks", path, "fakes"))
    assert counts(answer) == (2, 0, 0, 1)
    assert [(each.line, each.path, each.code) for each in answer.errors] == [
        (2, "3.png", "missing")
    ]
    items = client.get("/v1/media", params={"collection": "fakes"}).json()["items"]
    assert {each["filename"] for each in items} == {"001.png", "002.png"}
    assert {each["title"] for each in items} == {"A dam in 2017."}
    for item in items:
        (check,) = client.get(item["links"]["fact_checks"]).json()["items"]
        assert set(check["media_ids"]) == {each["id"] for each in items}
        assert item["verification"]["status"] == "unreviewed"
    assert len(client.get("/v1/fact-checks").json()["items"]) == 2
    again = imported(parts, order(parts, "fact_checks", path, "fakes"))
    assert counts(again) == (0, 0, 2, 1)


def test_a_file_whose_address_is_very_long_is_entered(parts: Parts, folder: Path) -> None:
    make_collection(parts, "debunked", CollectionKind.DEBUNKED)
    address = f"https://cdn.example/img/001.png?signature={'0' * 2000}"
    media = {**MEDIA, "itemReviewed": {"contentUrl": address}}
    import_id = order(parts, "fact_checks", feed(folder / "feed.json", media), "debunked")
    answer = imported(parts, import_id)
    assert (counts(answer), answer.errors) == ((1, 0, 0, 0), [])


def test_a_fact_check_that_was_corrected_is_kept_as_it_is_now(
    parts: Parts, client: TestClient, folder: Path
) -> None:
    imported(parts, order(parts, "fact_checks", feed(folder / "f.json", CLAIM), None))
    changed = CLAIM | {"reviewRating": {"ratingValue": 3, "bestRating": 5}}
    answer = imported(parts, order(parts, "fact_checks", feed(folder / "f.json", changed), None))
    assert counts(answer) == (0, 1, 0, 0)
    (found,) = client.get("/v1/fact-checks").json()["items"]
    assert found["verdict"] == "3 of 5"


@pytest.mark.parametrize(
    ("whole", "code"),
    [
        (b"{", "not_json"),
        (b"\xff", "not_json"),
        (b"[" * 200_000, "not_json"),
        (b"{}", "no_reviews"),
        (b"[" + b"{}," * 1_000_000 + b"{}]", "too_large"),
    ],
)
def test_what_is_no_feed_says_so(parts: Parts, folder: Path, whole: bytes, code: str) -> None:
    path = folder / "feed.json"
    path.write_bytes(whole)
    assert failure(imported(parts, order(parts, "fact_checks", path, None))).code == code


def test_a_feed_that_is_too_large_says_what_to_do(parts: Parts, folder: Path) -> None:
    path = folder / "feed.json"
    path.touch()
    os.truncate(path, MOST_BYTES + 1)
    fault = failure(imported(parts, order(parts, "fact_checks", path, None)))
    assert fault.code == "too_large"
    assert "split it" in fault.error


def test_of_very_many_addresses_of_a_review_the_first_are_read() -> None:
    files = [f"{number}.png" for number in range(MOST_ADDRESSES + 1)]
    whole = CLAIM | {"itemReviewed": {"contentUrl": files}}
    (review,) = reviews(json.dumps(whole).encode())
    assert list(review.files) == files[:-1]
