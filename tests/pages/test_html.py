import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from app.pages import html, media_review
from app.schemas.enums import VerificationStatus
from tests.pages.papers import HOSTILE, NAMES, paper
from tests.pages.reviews import DESK, bare, full

FEED = "https://desk.example/public/reviews"


class Seen(HTMLParser):
    """What a browser makes of a page: its elements, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


PAGES = [
    html.report(paper()),
    html.review(full(), FEED),
    html.review(bare(), FEED),
    html.reviews([full(), bare()], DESK, FEED, f"{FEED}?cursor=x"),
    html.reviews([], DESK, FEED, None),
    html.nothing(DESK, "Gone", "This review is gone."),
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_its_landmarks_and_nothing_that_runs(page: str) -> None:
    seen = Seen(page)
    assert [each["lang"] for each in seen.named("html")] == ["en"]
    assert [len(seen.named(tag)) for tag in ("title", "main", "h1")] == [1, 1, 1]
    assert {each.get("type") for each in seen.named("script")} <= {"application/ld+json"}
    assert not [a for _, a in seen.elements if any(n.startswith("on") or n == "style" for n in a)]
    assert all(each.get("alt") for each in seen.named("img"))
    ids = [a["id"] for _, a in seen.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_the_policy_allows_the_style_that_is_there_and_nothing_else() -> None:
    style = re.search("<style>(.*?)</style>", PAGES[0], re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = html.HEADERS["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_what_people_wrote_is_text() -> None:
    page = html.report(replace(paper(), title=HOSTILE))
    assert "<script>" not in page
    seen = Seen(page)
    assert HOSTILE in seen.text
    assert all(name in Seen(PAGES[0]).text for name in NAMES)


def test_a_review_cannot_leave_its_data_block() -> None:
    evil = "</script><script>alert(1)</script>"
    page = html.review(full(wording=evil, description=evil), FEED)
    assert "<script>alert" not in page
    block = re.search('<script type="application/ld.json">(.*?)</script>', page, re.DOTALL)
    assert block
    assert json.loads(block[1]) == media_review.document(full(wording=evil, description=evil))


def test_a_review_shows_what_its_data_says() -> None:
    seen = Seen(PAGES[1])
    for text in (
        "Misleading",
        "Real footage, but from 2023.",
        "An exercise in 2023.",
        "We first called this verified.",
        "When was it made? Contradicted (shadow).",
        "Two soldiers were captured",
        "Supported",
        "1,234,567 bytes",
        "Made by generative AI",
        "There since",
        "version 3",
    ):
        assert text in seen.text, text
    anchors = {each.get("id") for each in seen.named("li")} - {None}
    claims = media_review.document(full())["associatedClaimReview"]
    assert anchors == {each["url"].split("#")[1] for each in claims}
    assert not seen.named("img")


@pytest.mark.parametrize("status", list(VerificationStatus))
def test_every_status_has_its_words(status: VerificationStatus) -> None:
    assert Seen(html.review(bare(status=status), FEED)).text


def test_links_lead_to_the_web_only() -> None:
    for page in PAGES:
        for link in Seen(page).named("a"):
            assert re.match("https://", link["href"] or "")
