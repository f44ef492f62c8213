"""Collections and owners that forms ask for, however many there are and whichever was asked for."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.db import Database
from app.schemas.enums import CollectionKind
from app.services import collections
from tests.desk.test_items import ready
from tests.records import actor_of

type BrowserOf = Callable[[Role], TestClient]

ADMIN = actor_of(Role.ADMIN)


@pytest.fixture
def item(database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """An item of a desk that has more collections than a list shows."""
    monkeypatch.setattr(collections, "CHOICES", 2)
    with database.write() as session:
        for slug in ("agency", "bureau", "chats"):
            collections.create(session, slug, slug.title(), CollectionKind.ARCHIVE, ADMIN)
    return ready(database)


def test_every_collection_can_be_chosen(
    item: str, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = browser_of(Role.ADMIN)
    pages = {"": "collection", "subscriptions": "collection", f"media/{item}": "slug"}
    for page, name in pages.items():
        said = admin.get(f"/desk/{page}").text
        assert re.search(rf'<input name="{name}"[^>]* list="some-collections"', said), page
        assert '<option value="bureau">Bureau</option>' in said
    assert 'name="collection" value="" placeholder=' in admin.get("/desk/upload").text
    monkeypatch.setattr(collections, "CHOICES", 3)
    for page, name in pages.items():
        said = admin.get(f"/desk/{page}").text
        assert re.search(rf'<select name="{name}".*?value="chats"', said, re.DOTALL), page
    assert 'type="checkbox" name="collection" value="chats"' in admin.get("/desk/upload").text


def test_what_is_typed_is_taken(item: str, browser_of: BrowserOf, database: Database) -> None:
    admin = browser_of(Role.ADMIN)
    joined = admin.post(f"/desk/media/{item}/collections", data={"slug": "chats"})
    assert joined.status_code == 303
    with database.read() as session:
        assert len(db.collections.memberships(session, item)) == 1
    assert 'name="collection" value="chats"' in admin.get("/desk/?collection=chats").text
    none = admin.post(f"/desk/media/{item}/collections", data={"slug": "nothing"})
    assert (none.status_code, "There is no collection" in none.text) == (404, True)


def test_what_is_in_every_collection_is_offered_none(
    item: str, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections, "CHOICES", 3)
    admin = browser_of(Role.ADMIN)
    for slug in ("agency", "bureau", "chats"):
        assert "Add to a collection" in admin.get(f"/desk/media/{item}").text
        admin.post(f"/desk/media/{item}/collections", data={"slug": slug})
    assert "Add to a collection" not in admin.get(f"/desk/media/{item}").text


def test_a_filter_stays_chosen_that_finds_nothing(item: str, browser_of: BrowserOf) -> None:
    page = browser_of(Role.VIEWER).get("/desk/?owner=Olena+%3CK.%3E&collection=gone").text
    assert "Nothing passes these filters." in page
    assert "<option selected>Olena &lt;K.&gt;</option>" in page
    assert 'name="collection" value="gone"' in page


def test_a_collection_stays_chosen_that_is_not_there(
    item: str, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections, "CHOICES", 3)
    page = browser_of(Role.VIEWER).get("/desk/?collection=gone").text
    assert '<option value="gone" selected>gone</option>' in page
