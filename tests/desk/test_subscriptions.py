from collections.abc import Callable

from fastapi.testclient import TestClient

from app import services
from app.access import Role
from app.core.policy import Relation
from app.db import Database
from app.db.matches import StoredMatch
from app.schemas.enums import CollectionKind
from app.services import collections
from tests.records import PURGE, actor_of, add_item, add_match, make_known

type BrowserOf = Callable[[Role], TestClient]


def test_an_item_is_followed_and_let_go_from_its_page(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        media_id = add_item(session, title="The cell")
    item, verifier = f"/desk/media/{media_id}", browser_of(Role.VERIFIER)
    said = {"media_id": media_id, "name": "The cell", "back": item}
    assert verifier.post("/desk/subscriptions", data=said).headers["location"] == item
    assert "Whatever matches “The cell”" in verifier.get("/desk/subscriptions").text
    page = verifier.get(item).text
    assert "Stop following" in page
    address = "/desk/subscriptions/" + page.partition("/desk/subscriptions/")[2].partition('"')[0]
    assert "Stop following" not in browser_of(Role.EDITOR).get(item).text
    assert verifier.post(address, data={"back": "https://evil.example/"}).headers["location"] == (
        "/desk/"
    )
    assert "Nothing is followed yet" in verifier.get("/desk/subscriptions").text


def test_one_subject_is_followed_by_form(database: Database, browser_of: BrowserOf) -> None:
    verifier, here = browser_of(Role.VERIFIER), "/desk/subscriptions"
    with database.write() as session:
        collections.create(
            session, "archive", "Archive", CollectionKind.ARCHIVE, actor_of(Role.ADMIN)
        )
        media_id = add_item(session, title="The cell")
    none = verifier.post(here, data={"name": "Nothing", "tags": ""})
    assert none.status_code == 422
    assert "name one subject" in none.text
    assert 'value="Nothing"' in none.text
    tags = {"name": "Tags", "tags": "cell, kursk", "min_grade": "lead"}
    assert verifier.post(here, data=tags).status_code == 303
    link = f"https://desk.test/desk/media/{media_id}?x=1"
    assert verifier.post(here, data={"name": "By link", "media_id": link}).status_code == 303
    assert verifier.post(here, data={"name": "Set", "collection": "archive"}).status_code == 303
    page = browser_of(Role.VIEWER).get(here).text
    assert '<span class="tag">kursk</span>' in page
    assert "from lead on" in page
    assert "Whatever matches “The cell”" in page
    assert "the collection archive" in page
    assert "Follow something" not in page


def test_somebody_elses_subscription_stays(database: Database, browser_of: BrowserOf) -> None:
    with database.write() as session:
        media_id = add_item(session, title="The cell")
    verifier, editor = browser_of(Role.VERIFIER), browser_of(Role.EDITOR)
    verifier.post("/desk/subscriptions", data={"media_id": media_id, "name": "Mine"})
    page = verifier.get("/desk/subscriptions").text
    address = "/desk/subscriptions/" + page.partition("/desk/subscriptions/")[2].partition('"')[0]
    assert address not in editor.get("/desk/subscriptions").text
    assert editor.post(address).status_code == 403
    assert browser_of(Role.VIEWER).post(address).status_code == 403
    with database.write() as session:
        services.purging.order(session, media_id, PURGE, actor_of(Role.ADMIN))
    assert "An item that was purged" in verifier.get("/desk/subscriptions").text


def test_other_versions_are_shown_from_this_item_s_side(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        march = add_item(session, title="March", source_name="an agency")
        viral = add_item(session, title="Viral", source_name="a channel")
        alone = add_item(session, title="Alone")
        make_known(session, march)
        match = session.get_one(StoredMatch, add_match(session, viral, march))
        match.relation = Relation.EXCERPT
    viewer = browser_of(Role.VIEWER)
    of_viral = viewer.get(f"/desk/media/{viral}").text.partition('id="versions"')[2]
    assert "This item is an excerpt of it" in of_viral
    assert "an agency" in of_viral
    of_march = viewer.get(f"/desk/media/{march}").text.partition('id="versions"')[2]
    assert "An excerpt of this item" in of_march
    assert "a channel" in of_march
    assert "arrived first" in of_march.partition("</li>")[0]
    assert "Other versions" not in viewer.get(f"/desk/media/{alone}").text


def test_what_is_no_address_is_refused_in_words(browser_of: BrowserOf) -> None:
    said = {"name": "By link", "media_id": "http://["}
    refused = browser_of(Role.VERIFIER).post("/desk/subscriptions", data=said)
    assert refused.status_code == 422
    assert "nor the address of a page" in refused.text
    assert 'value="By link"' in refused.text
