"""Pages that follow what happens at the desk, in browsers whose stream is taken away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.schemas.enums import CollectionKind, EventType
from app.schemas.import_enums import ImportItemState, ImportKind, ImportState
from app.schemas.imports import NewImport
from app.services import collections, imports
from tests.desk.chromium import Desk
from tests.records import actor_of, add_item

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STREAM = re.compile("/v1/events/stream")
BEHIND_A_PROXY = re.compile(r"/v1/me|/v1/events/stream|/desk/$")
LONGER_THAN_A_PAUSE_MS = 6_000
MOST_CONNECTIONS = 6  # that a browser makes to one host, of all its tabs together


def refuse(route: Route) -> None:
    """What a proxy says while the desk starts."""
    route.fulfill(status=502, content_type="text/html", body="<p>Bad gateway</p>")


def come(parts: Parts, title: str) -> None:
    """Let an item arrive that everybody is told of."""
    with parts.database.write() as session:
        media_id = add_item(session, title=title)
        services.events.publish(session, EventType.MEDIA_RECEIVED, media_id, {})


@pytest.mark.long
def test_a_queue_whose_stream_was_refused_is_live_again(desk: Desk, parts: Parts) -> None:
    come(parts, "There before")
    page = desk.sit_down(Role.VERIFIER).page
    page.route(STREAM, refuse)
    page.goto("/desk/")
    expect(page.get_by_text("not live")).to_be_visible()
    page.route(BEHIND_A_PROXY, refuse)
    page.wait_for_timeout(LONGER_THAN_A_PAUSE_MS)
    assert page.get_by_role("link", name="There before").is_visible()
    page.unroute_all()
    come(parts, "Came meanwhile")
    expect(page.get_by_role("link", name="Came meanwhile")).to_be_visible()
    expect(page.get_by_text("not live")).to_be_hidden()
    come(parts, "Came later")
    expect(page.get_by_role("link", name="Came later")).to_be_visible()


@pytest.mark.long
def test_a_queue_whose_reader_signed_out_elsewhere_leads_to_the_sign_in(desk: Desk) -> None:
    page = desk.sit_down(Role.VERIFIER).page
    page.goto("/desk/")
    page.request.post("/desk/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    page.wait_for_url("**/desk/sign-in**")


def look(page: Page, *, is_hidden: bool) -> None:
    """Put a page behind another tab, or back in front."""
    page.evaluate(
        """(isHidden) => {
          Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


@pytest.mark.long
def test_tabs_that_nobody_looks_at_leave_connections_to_others(desk: Desk, parts: Parts) -> None:
    come(parts, "There before")
    context = desk.sit_down(Role.VERIFIER).context
    for _ in range(MOST_CONNECTIONS + 2):
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/desk/")
        look(page, is_hidden=True)
    come(parts, "Came meanwhile")
    page.wait_for_timeout(LONGER_THAN_A_PAUSE_MS // 2)
    assert not page.get_by_role("link", name="Came meanwhile").is_visible()
    look(page, is_hidden=False)
    expect(page.get_by_role("link", name="Came meanwhile")).to_be_visible()
    come(parts, "Came later")
    expect(page.get_by_role("link", name="Came later")).to_be_visible()


def test_an_import_is_followed_to_its_end(desk: Desk, parts: Parts, tmp_path: Path) -> None:
    admin = actor_of(Role.ADMIN)
    wanted = NewImport(kind=ImportKind.FOLDER, path=str(tmp_path), collection="archive")
    with parts.database.write() as session:
        collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, admin)
        place = imports.place_of(str(tmp_path), [tmp_path])
        import_id = imports.order(session, wanted, place, admin).id
    page = desk.sit_down(Role.ADMIN).page
    page.goto(f"/desk/known/imports/{import_id}")
    expect(page.locator("#problems-title")).to_have_text("Failed or left out (0)")
    with parts.database.write() as session:
        failed = {"state": ImportItemState.FAILED, "code": "corrupt", "error": "It ends too early."}
        db.import_items.add(session, [{"import_id": import_id, "path": "one.mp4", **failed}])
        imports.get(session, import_id).state = ImportState.COMPLETED
    expect(page.locator("#problems-title")).to_have_text("Failed or left out (1)")
    expect(page.locator("#import")).to_contain_text("one.mp4")
    expect(page.locator("#import .head")).to_contain_text("completed")
