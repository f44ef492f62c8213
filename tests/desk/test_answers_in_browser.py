"""What becomes of a page when a request of its scripts is refused, fails, or is made twice."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from sqlalchemy.exc import OperationalError

from app import services
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.core.policy import Grade
from app.db.media import Media
from app.schemas.people import PersonChange
from app.schemas.privacy_enums import SensitivityFlag
from tests.desk.chromium import Desk
from tests.desk.test_items import ready
from tests.records import add_item, add_match, find_out

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TYPED = "Seen from the bridge, I think."
SOON_MS = 300
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


def test_what_was_typed_survives_the_end_of_the_session(
    notes: Notes, desk: Desk, parts: Parts
) -> None:
    person = notes.page.request.get("/v1/me").json()["id"]
    with parts.database.write() as writing:
        services.desk_sessions.end_all(writing, at_the_machine("tests"), person)
    notes.add()
    notes.is_refused("You are signed out")
    link = notes.page.get_by_role("link", name="Sign in (another tab)")
    assert (link.get_attribute("href") or "").startswith("/desk/sign-in?next=%2Fdesk%2Fmedia%2F")
    (session,) = desk.sit_down(Role.VERIFIER).context.cookies()
    cookie = {"name": session["name"], "value": session["value"], "url": desk.address}
    notes.page.context.add_cookies([cookie])
    notes.add()
    expect(notes.page.locator("#notes .log")).to_contain_text(TYPED)
    expect(notes.page.locator("#said")).to_be_empty()


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


def hold(page: Page, path: str) -> list[Route]:
    """Keep back what is sent to a path, so that a second click comes before the answer."""
    held: list[Route] = []
    page.route(path, lambda route: held.append(route))  # noqa: PLW0108  (it marks what it is given)
    return held


def let_go(page: Page, held: list[Route], seen: Callable[[], None]) -> None:
    """Let what was kept back through; nothing may come after it."""
    page.wait_for_timeout(SOON_MS)
    assert len(held) == 1
    held[0].continue_()
    seen()
    page.wait_for_timeout(SOON_MS)
    assert len(held) == 1


def test_a_double_click_adds_one_note(notes: Notes) -> None:
    page = notes.page
    held = hold(page, "**/record/notes")
    page.fill("#notes [name=text]", TYPED)
    page.get_by_role("button", name="Add the note").dblclick()
    log = page.locator("#notes .log .quote")
    let_go(page, held, lambda: expect(log).to_have_text([TYPED]))


def comparison(desk: Desk, parts: Parts) -> Page:
    """A match that nobody judged yet, opened by who may."""
    page = desk.sit_down(Role.VERIFIER).page
    media_id, known = ready(parts.database), ready(parts.database, "March")
    with parts.database.write() as session:
        match_id = add_match(session, media_id, known)
    page.goto(f"/desk/matches/{match_id}")
    return page


def test_a_key_that_is_pressed_twice_decides_once(desk: Desk, parts: Parts) -> None:
    page = comparison(desk, parts)
    held = hold(page, "**/review")
    page.locator("#review [data-key=c]").evaluate("(each) => { each.click(); each.click(); }")
    let_go(page, held, lambda: expect(page.locator("#review .tag")).to_have_text("Confirmed"))


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


def test_a_refused_form_on_an_item_leaves_a_page_that_lives(desk: Desk, parts: Parts) -> None:
    media_id, march = ready(parts.database), ready(parts.database, "March")
    page = desk.sit_down(Role.VERIFIER).page
    page.goto(f"/desk/media/{media_id}")
    with page.expect_navigation():
        page.evaluate(
            """() => {
              const form = document.querySelector("#item form");
              form.action = `${location.pathname}/attention/none/close`;
              form.append(Object.assign(document.createElement("input"), { name: "note", value: "It is." }));
              form.requestSubmit();
            }"""
        )
    expect(page.locator("#refusal")).to_be_focused()
    tab = page.locator(".tabs a").first
    tab.focus()
    with parts.database.write() as session:
        add_match(session, media_id, march)
        find_out(session, media_id, "date", "unclear")
    expect(page.locator("#live .matches").first).to_contain_text("March")
    expect(tab).to_be_focused()


def test_what_was_opened_stays_open_while_an_item_is_read(desk: Desk, parts: Parts) -> None:
    march = ready(parts.database, "March")
    with parts.database.write() as session:
        media_id = add_item(session, title="Prisoners")
        add_match(session, media_id, march, Grade.LEAD, 0.2)
        record = services.verifications.take(session, media_id)
        flags = [SensitivityFlag.POW]
        services.sensitivity.add(session, record, flags, at_the_machine("tests"))
    page = desk.sit_down(Role.VERIFIER).page
    page.goto(f"/desk/media/{media_id}")
    page.get_by_role("button", name="Show it unblurred").click()
    expect(page.locator("#media video")).to_be_visible()
    page.locator("summary", has_text="Leads").click()
    with parts.database.write() as session:
        session.get_one(Media, media_id).progress = 0.5
    expect(page.locator("#live .label")).to_contain_text("50")
    expect(page.locator("#media video")).to_be_visible()
    expect(page.locator(".leads")).to_be_visible()


def test_what_is_flagged_meanwhile_is_veiled(desk: Desk, parts: Parts) -> None:
    media_id = ready(parts.database)
    page = desk.sit_down(Role.VERIFIER).page
    page.goto(f"/desk/media/{media_id}")
    expect(page.locator("#media video")).to_be_visible()
    with parts.database.write() as session:
        record = services.verifications.take(session, media_id)
        flags = [SensitivityFlag.POW]
        services.sensitivity.add(session, record, flags, at_the_machine("tests"))
    expect(page.get_by_role("button", name="Show it unblurred")).to_be_visible()
    expect(page.locator("#media video")).to_have_count(0)


def test_what_is_saved_is_announced_and_the_focus_stays_there(notes: Notes) -> None:
    page = notes.page
    notes.add()
    expect(page.locator("#notes-title")).to_be_focused()
    expect(page.locator("#done")).to_have_text("Saved.")
    page.locator("#finding-date summary").click()
    page.locator("#finding-date button.first").click()
    expect(page.locator("#finding-date h3")).to_be_focused()
    expect(page.locator("#done")).to_have_text("Saved.")
    page.locator("#publication summary").click()
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#publication-title")).to_be_focused()
    expect(page.locator("#done")).to_be_empty()


def test_what_is_typed_into_one_form_outlives_what_another_one_saves(
    notes: Notes, parts: Parts
) -> None:
    page, media_id = notes.page, notes.page.url.split("/")[-2]
    location = page.locator("#finding-location")
    location.locator("summary").click()
    location.locator("[name='value.text']").fill("A bridge, from the north")
    location.locator("[name=verdict]").select_option("probable")
    page.locator("#to-in_review summary").click()
    page.locator("#to-in_review [name=note]").fill("Nobody answers.")
    notes.add()
    expect(page.locator("#notes .log")).to_contain_text(TYPED)
    expect(page.locator("#notes [name=text]")).to_have_value("")
    with parts.database.write() as session:
        find_out(session, media_id, "date", "unclear")
    page.locator("#finding-source summary").click()
    page.fill("#finding-source [name='value.filmed_by']", "Olena")
    page.locator("#finding-source button.first").click()
    expect(page.locator("#finding-source #refusal")).to_be_visible()
    expect(page.locator("#to-in_review [name=note]")).to_have_value("Nobody answers.")
    expect(page.locator("#to-in_review [name=note]")).to_be_visible()
    expect(location.locator("[name=verdict]")).to_have_value("probable")
    location.locator("button.first").click()
    expect(location).to_contain_text("A bridge, from the north")
    expect(page.locator("#finding-source [name='value.filmed_by']")).to_have_value("Olena")


def test_who_leaves_a_page_is_asked_about_what_is_not_saved(notes: Notes) -> None:
    page, asked = notes.page, list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    overview = page.locator(".tabs").get_by_role("link", name="Overview")
    page.click("#notes [name=text]")
    page.keyboard.type(TYPED)
    overview.click()
    page.wait_for_timeout(SOON_MS)
    assert asked == ["beforeunload"]
    expect(page.locator("#notes [name=text]")).to_have_value(TYPED)
    notes.add()
    expect(page.locator("#notes .log")).to_contain_text(TYPED)
    overview.click()
    page.wait_for_url("**/desk/media/*")
    assert asked == ["beforeunload"]


def test_a_note_outlives_the_taking_back_of_a_judgement(desk: Desk, parts: Parts) -> None:
    page = comparison(desk, parts)
    page.click("#review [data-key=c]")
    expect(page.locator("#review .tag")).to_have_text("Confirmed")
    page.fill("#review [name=note]", TYPED)
    page.click("#review [data-key=u]")
    expect(page.locator("#review .tag")).to_have_count(0)
    expect(page.locator("#review [name=note]")).to_have_value(TYPED)
