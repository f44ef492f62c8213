"""What becomes of a page when a request of its scripts is refused, fails, or is made twice."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy.exc import OperationalError

from app import services
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.schemas.people import PersonChange
from tests.desk.chromium import Desk
from tests.desk.test_items import ready
from tests.records import add_item, find_out

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TYPED = "Seen from the bridge, I think."
UNANSWERED = "The desk did not answer."


@dataclass
class Notes:
    """The notes of one item, at a browser."""

    page: Page

    def add(self, text: str = TYPED) -> None:
        self.page.fill("#notes [name=text]", text)
        self.page.get_by_role("button", name="Add the note").click()

    def is_refused(self, because: str) -> None:
        """The sentence is read, and what was typed stands where it stood."""
        expect(self.page.locator("#said")).to_contain_text(because)
        expect(self.page.locator("#said")).to_be_in_viewport()
        expect(self.page.locator("#notes [name=text]")).to_have_value(TYPED)


@pytest.fixture
def notes(desk: Desk, parts: Parts) -> Notes:
    """A verifier's look at the record of an item."""
    page = desk.sit_down(Role.VERIFIER).page
    page.goto(f"/desk/media/{ready(parts.database)}/record")
    return Notes(page)


def fail(*_given: object, **_named: object) -> None:
    raise OperationalError("insert", {}, Exception("gone"))


def test_what_was_typed_survives_an_error_and_is_saved_later(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(services.notes, "add", fail)
        notes.add()
        notes.is_refused("The database did not answer in time")
    notes.add()
    expect(notes.page.locator("#notes .log")).to_contain_text(TYPED)
    expect(notes.page.locator("#said")).to_be_empty()


def test_what_was_typed_survives_the_loss_of_a_role(notes: Notes, parts: Parts) -> None:
    person = notes.page.request.get("/v1/me").json()["id"]
    with parts.database.write() as session:
        change = PersonChange(name="A viewer", role=Role.VIEWER)
        services.people.change(session, at_the_machine("tests"), person, change)
    notes.add()
    notes.is_refused("Your role does not do this.")


@pytest.mark.parametrize(
    "answer",
    [
        lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"),
        lambda route: route.abort(),
    ],
    ids=["a proxy answers", "nobody answers"],
)
def test_what_was_typed_survives_without_the_desk(
    notes: Notes, answer: Callable[[Route], None]
) -> None:
    notes.page.route("**/record/notes", answer)
    notes.add()
    notes.is_refused(UNANSWERED)


def test_the_queue_goes_on_after_a_refresh_that_failed(desk: Desk, parts: Parts) -> None:
    page = desk.sit_down(Role.VERIFIER).page
    page.goto("/desk/")
    page.route("**/desk/", lambda route: route.fulfill(status=503, body="<h1>Busy</h1>"))

    def arrive(title: str) -> None:
        with parts.database.write() as session:
            find_out(session, add_item(session, title=title), "date", "unclear")

    arrive("First")
    expect(page.locator("#said")).to_contain_text(UNANSWERED)
    page.unroute("**/desk/")
    arrive("Second")
    expect(page.locator("#rows .title")).to_have_count(2)
    expect(page.locator("#said")).to_be_empty()
