"""Publishing over HTTP, and what the public then reads."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.schemas.enums import VerificationStatus
from app.services import verifying
from tests.pages.vocabulary import faults
from tests.records import actor_of, add_item
from tests.services.publishing import conclude, look, restrict

ClientAs = Callable[[Role], TestClient]
EDITOR = actor_of(Role.EDITOR)


def make(database: Database, **fields: Any) -> str:
    with database.write() as session:
        item = add_item(session, **fields)
        look(session, item)
        conclude(session, item, VerificationStatus.VERIFIED, "Verified by us.")
    return item


@pytest.fixture
def item(database: Database) -> str:
    return make(database, title="Not for the public")


@pytest.fixture
def public(application: FastAPI, parts: Parts) -> TestClient:
    """Somebody without a key, whose base address is the public one."""
    return TestClient(application, base_url=parts.settings.resolved_public_url)


def at(item: str) -> str:
    return f"/v1/media/{item}/verification/publication"


def publish(client: TestClient, item: str, **choices: Any) -> dict[str, Any]:
    answer = client.post(at(item), json={"codes": ["OriginalMediaContent"], **choices})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_an_editor_publishes_and_the_public_reads(
    client_as: ClientAs, public: TestClient, item: str
) -> None:
    shown = publish(client_as(Role.EDITOR), item, description="Two men in a cell")
    assert (shown["state"], shown["version"], shown["outdated"]) == ("published", 1, False)
    page = public.get(shown["url"])
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Two men in a cell" in page.text
    assert "Not for the public" not in page.text
    answer = public.get(shown["links"]["document"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/ld+json")
    document = answer.json()
    assert faults(document) == []
    assert document["@id"] == document["url"] == shown["url"]
    assert document["mediaAuthenticityCategory"] == ["https://schema.org/OriginalMediaContent"]
    assert document["author"]["name"] == "Verification desk"
    block = re.search('<script type="application/ld.json">(.*?)</script>', page.text, re.DOTALL)
    assert block
    assert json.loads(block[1]) == document


@pytest.mark.parametrize("ending", ["", ".jsonld"])
def test_any_site_may_read_and_need_not_read_twice(
    client_as: ClientAs, public: TestClient, item: str, ending: str
) -> None:
    url = publish(client_as(Role.EDITOR), item)["url"] + ending
    first = public.get(url, headers={"Origin": "https://other.example"})
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "no-cache" in first.headers["Cache-Control"]
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    preflight = public.options(url, headers=asked)
    assert preflight.status_code == 204
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]
    again = public.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = public.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]
    publish(client_as(Role.EDITOR), item, description="Now described")
    changed = public.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, "Now described" in changed.text) == (200, True)


def test_pages_run_nothing(client_as: ClientAs, public: TestClient, item: str) -> None:
    url = publish(client_as(Role.EDITOR), item)["url"]
    for address in (url, "/public/reviews", "/public/reviews/unknown"):
        policy = public.get(address).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy


NO_EDITORS = [r for r in Role if r not in {Role.EDITOR, Role.ADMIN, Role.PARTNER}]


@pytest.mark.parametrize("role", NO_EDITORS, ids=str)
def test_only_editors_publish(client_as: ClientAs, item: str, role: Role) -> None:
    client = client_as(role)
    assert client.post(at(item), json={}).status_code == 403
    state = client.get(at(item)).json()
    assert (state["state"], state["version"], state["url"]) == ("private", 0, None)


def test_one_refusal_names_everything(client_as: ClientAs, database: Database) -> None:
    with database.write() as session:
        bare = add_item(session)
    refused = client_as(Role.EDITOR).post(at(bare), json={})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/missing_requirements")
    assert [text.split(":")[0] for text in refused.json()["missing"]] == [
        "status",
        "public_wording",
        "sensitivity",
    ]


def test_a_restricted_term_is_refused_by_name(
    client_as: ClientAs, public: TestClient, item: str, database: Database
) -> None:
    with database.write() as session:
        restrict(session, item, "AB 123456")
    editor = client_as(Role.EDITOR)
    said = {"codes": ["OriginalMediaContent"], "description": "A card, AB-123456"}
    refused = editor.post(at(item), json=said)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/restricted_term")
    assert refused.json()["restricted"] == {"description": ["AB 123456"]}
    seen = editor.post(f"{at(item)}/preview", json=said).json()
    assert seen["restricted"] == {"description": ["AB 123456"]}
    assert public.get("/public/reviews.jsonld").json()["dataFeedElement"] == []


@pytest.mark.parametrize(
    "choices",
    [
        {"original_link": "javascript:alert(1)"},
        {"content_url": "http://127.0.0.1/a"},
        {"content_url": "https://intranet/a"},
        {"archive_url": "https://user:secret@archive.example/"},
        {"codes": ["Unverified"]},
        {"status": "verified"},
    ],
)
def test_what_cannot_be_public_is_refused(
    client_as: ClientAs, item: str, choices: dict[str, Any]
) -> None:
    refused = client_as(Role.EDITOR).post(at(item), json=choices)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid_request")


def test_a_preview_shows_exactly_what_goes_out(
    client_as: ClientAs, public: TestClient, item: str
) -> None:
    choices = {"codes": ["OriginalMediaContent"], "description": "Two men"}
    verifier = client_as(Role.VERIFIER)
    assert client_as(Role.PRODUCER).post(f"{at(item)}/preview", json=choices).status_code == 403
    seen = verifier.post(f"{at(item)}/preview", json=choices).json()
    assert (seen["missing"], seen["restricted"]) == ([], {})
    assert verifier.get(at(item)).json()["version"] == 0
    url = publish(client_as(Role.EDITOR), item, **choices)["url"]
    published = public.get(f"{url}.jsonld").json()
    for own in ("@id", "url", "datePublished", "dateModified"):
        seen["document"].pop(own)
        published.pop(own)
    assert seen["document"] == published
    assert verifier.get(f"{at(item)}/preview").json()["document"]["url"] == url


def test_a_race_and_a_repetition_publish_once(client_as: ClientAs, item: str) -> None:
    editor = client_as(Role.EDITOR)
    body = {"codes": ["OriginalMediaContent"]}
    stale = editor.post(at(item), json=body, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    key = {"Idempotency-Key": "once", "If-Match": "*"}
    answers = [editor.post(at(item), json=body, headers=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["version"] == 1


def test_what_is_withdrawn_or_purged_says_so_at_its_address(
    client_as: ClientAs, public: TestClient, item: str, database: Database
) -> None:
    editor = client_as(Role.EDITOR)
    url = publish(editor, item)["url"]
    moved = editor.post(
        f"/v1/media/{item}/verification/transitions",
        json={
            "to": "withdrawn",
            "reason_code": "error",
            "note": "It is from 2023",
            "correction_text": "It is from 2023.",
        },
        headers={"If-Match": "*"},
    )
    assert moved.status_code == 200, moved.text
    page, document = public.get(url), public.get(f"{url}.jsonld").json()
    assert page.status_code == 200
    assert all(text in page.text for text in ("Withdrawn", "Correction", "It is from 2023."))
    assert document["reviewRating"]["alternateName"] == "Withdrawn"
    assert "mediaAuthenticityCategory" not in document
    with database.write() as session:
        record = services.verifications.take(session, item)
        services.publication.tombstone(session, record, EDITOR)
    gone = public.get(f"{url}.jsonld")
    assert (gone.status_code, gone.json()["type"]) == (410, "/problems/gone")
    page = public.get(url)
    assert (page.status_code, "Taken away" in page.text) == (410, True)
    assert public.get("/public/reviews.jsonld").json()["dataFeedElement"] == []


@pytest.mark.parametrize(
    ("authority", "status"),
    [("court", 410), ("data_subject", 410), ("source", 410), ("regulator", 410), ("desk", 200)],
)
def test_a_purge_takes_what_is_public_only_where_the_law_asks(
    client: TestClient,
    parts: Parts,
    public: TestClient,
    item: str,
    *,
    authority: str,
    status: int,
) -> None:
    url = publish(client, item, description="Two men in a cell")["url"]
    why = {"authority": authority, "reason": "case 12/2025"}
    purged = client.post(f"/v1/media/{item}/purge", json=why)
    assert purged.status_code == 200, purged.text
    page = public.get(url)
    assert (page.status_code, "cell" in page.text) == (status, status == 200)
    with parts.database.read() as session:
        stored = session.connection().exec_driver_sql(
            "SELECT review, choices FROM publication_revisions JOIN publications USING (media_id)"
        )
        text = " ".join(str(value) for row in stored for value in row)
        assert ("cell" in text) is (status == 200)
    assert altered(parts) == []


def test_what_is_public_of_a_purged_item_is_still_told(client: TestClient, item: str) -> None:
    url = publish(client, item, description="Two men in a cell")["url"]
    why = {"authority": "desk", "reason": "case 12/2025"}
    assert client.post(f"/v1/media/{item}/purge", json=why).status_code == 200
    answer = client.get(at(item))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["state"], told["url"], told["outdated"]) == ("published", url, False)
    assert told["revisions"][0]["review"]["description"] == "Two men in a cell"
    for preview in (client.get(f"{at(item)}/preview"), client.post(f"{at(item)}/preview", json={})):
        assert preview.status_code == 410, preview.text


def altered(parts: Parts) -> list[str]:
    """What of what is public is not as it was recorded."""
    faults = verifying.verify(parts.database, parts.trusted).faults
    return [each.object for each in faults if each.object.startswith(("publication", "revision"))]


def test_a_name_in_what_is_public_is_found_for_who_asks(
    client: TestClient, item: str, database: Database
) -> None:
    publish(client, item, description="Ms Lim in a cell")
    with database.read() as session:
        found = [
            (each.media_id, each.table)
            for each in db.mentions.everywhere(session, lambda text: "Ms Lim" in text)
        ]
    assert (item, "publication_revisions") in found


def test_what_is_public_cannot_be_altered_unseen(
    client: TestClient, parts: Parts, item: str
) -> None:
    publish(client, item, description="Two men in a cell")
    assert altered(parts) == []
    with parts.database.write() as session:
        kept = db.publications.revisions(session, item)[0]
        assert kept.review
        kept.review = {**kept.review, "wording": "Verified by somebody else."}
    assert altered(parts) == [f"revision/{item}/1"]


def test_unknown_addresses_are_not_found(public: TestClient) -> None:
    assert public.get("/public/reviews/aaaaaaaaaaaaaaaa").status_code == 404
    assert public.get("/public/reviews/aaaaaaaaaaaaaaaa.jsonld").status_code == 404
    assert public.get("/public/reviews?cursor=nonsense").status_code == 422


def test_the_list_is_whole_and_newest_first(
    client_as: ClientAs, public: TestClient, database: Database
) -> None:
    editor = client_as(Role.EDITOR)
    urls = [publish(editor, make(database))["url"] for _ in range(5)]
    publish(editor, make(database), description="first to be changed last")
    found: list[str] = []
    address = "/public/reviews.jsonld?limit=2"
    while address:
        answer = public.get(address)
        assert faults(answer.json()) == []
        found += [each["item"]["url"] for each in answer.json()["dataFeedElement"]]
        following = re.search("<(.*)>; rel=", answer.headers.get("Link", ""))
        address = following[1] if following else ""
    assert found[1:] == urls[::-1]
    page = public.get("/public/reviews?limit=2").text
    assert page.count("<li>") == 2
    assert 'rel="next"' in page


def test_no_key_is_needed_and_none_helps(client: TestClient, public: TestClient) -> None:
    assert public.get("/public/reviews").status_code == 200
    assert public.get("/public/reviews", headers={"Authorization": "Bearer x"}).status_code == 200
    assert public.get("/v1/media").status_code == 401
