"""A case from upload to publication, in real browsers, by keyboard alone."""

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app import db
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.schemas.record_enums import PublicationState
from app.services import processing
from app.services.bench import LocalBench
from tests.desk.arriving import arrive, make_known
from tests.desk.chromium import Desk, Person
from tests.desk.footage import READ_FRAME, numbered
from tests.filming import edit
from tests.services.conftest import bench  # noqa: F401  (a fixture)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

START_S, SECONDS, FPS = 2.0, 4.0, 25
FIRST = round(START_S * FPS)
TABS_MOST = 200
IS_FOCUSED = "each => each === document.activeElement"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Known footage, and an excerpt of it that was encoded anew."""
    folder = tmp_path_factory.mktemp("numbered")
    known = numbered(folder / "known.mp4", seconds=9, seed=5)
    cut = ("-ss", str(START_S), "-t", str(SECONDS))
    return known, edit(known, folder / "viral.mp4", *cut, "-an")


def frame(page: Page, side: str) -> int:
    """The number of the frame that a side shows, read from its picture."""
    number: int = page.locator(f'[data-side="{side}"] [data-media]').evaluate(READ_FRAME)
    return number


def reach(what: Locator) -> None:
    """Go there by the Tab key, as somebody does who has no mouse."""
    for _ in range(TABS_MOST):
        if what.evaluate(IS_FOCUSED):
            return
        what.page.keyboard.press("Tab")
    pytest.fail(f"not reached by keyboard: {what}")


def press(what: Locator, key: str = "Enter") -> None:
    """Reach it and press a key on it."""
    reach(what)
    what.page.keyboard.press(key)


def write(what: Locator, text: str) -> None:
    """Reach a field and type; in a list this chooses what begins so."""
    reach(what)
    what.page.keyboard.type(text)


def settled(page: Page, key: str = "") -> tuple[int, int]:
    """Press a key, wait for both pictures, and give their numbers."""
    if key:
        page.keyboard.press(key)
    page.wait_for_selector('#compare[aria-busy="false"]')
    return frame(page, "query"), frame(page, "known")


def compare_frames(page: Page) -> None:
    """Both sides show the aligned frames, and step by single frames together."""
    page.wait_for_selector("[data-needs-clips] >> visible=true")
    query, known = settled(page)
    assert query == FIRST
    assert abs(known - query) <= 2
    for number in range(1, 13):
        assert settled(page, ".") == (query + number, known + number)
    assert settled(page, "ArrowRight") == (query + 12 + FPS, known + 12 + FPS)


def judge(page: Page) -> None:
    """Reject by one key, take it back by another, confirm."""
    page.keyboard.press("r")
    expect(page.locator("#review .tag")).to_have_text("Rejected")
    page.keyboard.press("u")
    expect(page.locator("#review")).to_contain_text("Nobody has judged this match yet.")
    page.keyboard.press("c")
    expect(page.locator("#review .tag")).to_have_text("Confirmed")


def conclude(page: Page, match_id: str) -> None:
    """Take the case, and propose a verdict with what it takes."""
    take = page.locator("#to-in_review")
    press(take.locator("summary"))
    write(take.locator("[name=note]"), "Taking this case now.")
    press(take.locator("button.first"))
    expect(page.locator("#item-head")).to_contain_text("In review")
    date = page.locator("#finding-date")
    press(date.locator("summary"))
    write(date.locator("[name=verdict]"), "Probable")
    write(date.locator("[name='value.from']"), "03012024")  # as an American browser asks for days
    press(date.locator("button.first"))
    expect(date.locator(".tag").first).to_have_text("Probable")
    way = page.locator("#to-misleading")
    press(way.locator("summary"))
    press(way.locator("[value=DecontextualizedContent]"), "Space")
    write(way.locator("[name=original_context]"), "A drill in March 2024.")
    write(way.locator("[name=public_wording]"), "Real, but two years old.")
    press(way.locator(f"[value='{match_id}']"), "Space")
    write(way.locator("[name=note]"), "The same footage as in March.")
    press(way.locator("button.first"))
    expect(page.locator("#proposal")).to_contain_text("A verifier proposes")


def publish(page: Page, media_id: str) -> None:
    """Approve as another editor, say that somebody looked, and publish."""
    page.goto(f"/desk/media/{media_id}/record")
    write(page.locator("#proposal [name=note]"), "Looked at both clips, agreed.")
    press(page.locator("#proposal button.first"))
    expect(page.locator("#item-head")).to_contain_text("Misleading")
    page.goto(f"/desk/media/{media_id}/care")
    press(page.locator("#flags [name=reviewed]"), "Space")
    press(page.get_by_role("button", name="Save flags"))
    expect(page.locator("#flags")).to_contain_text("Looked for by")
    page.goto(f"/desk/media/{media_id}/record")
    press(page.locator("#publication summary"))
    write(page.locator("#publication [name=description]"), "A clip of a drill.")
    press(page.get_by_role("button", name="Show the preview"))
    expect(page.locator("#preview")).to_contain_text("A clip of a drill.")
    expect(page.locator("#publication")).to_contain_text("not published")
    press(page.get_by_role("button", name="Publish", exact=True))
    expect(page.locator("#publication")).to_contain_text("/public/reviews/")


def test_from_upload_to_publication(
    desk: Desk,
    parts: Parts,
    bench: LocalBench,  # noqa: F811
    clips: tuple[Path, Path],
) -> None:
    database: Database = parts.database
    make_known(parts, bench, clips[0])
    verifier = desk.sit_down(Role.VERIFIER)
    page = verifier.page
    page.goto("/desk/")
    media_id = arrive(parts, clips[1], "Viral clip")
    expect(page.locator(".queue .title")).to_have_text("Viral clip")  # without a reload
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("progress")).to_be_visible()
    working = threading.Thread(target=processing.process, args=(database, bench, media_id))
    working.start()
    expect(page.locator(".matches").get_by_role("link", name="March")).to_be_visible()
    working.join()
    expect(page.locator("progress")).to_have_count(0)
    press(page.locator("[id^='match-']").get_by_role("link", name="Compare"))
    compare_frames(page)
    judge(page)
    match_id = page.url.rpartition("/")[2]
    page.goto(f"/desk/media/{media_id}/record")
    conclude(page, match_id)
    editor = desk.sit_down(Role.EDITOR)
    publish(editor.page, media_id)
    check_nothing_went_wrong(verifier, editor)
    with database.read() as session:
        record = db.verifications.of_media(session, media_id)
    assert record is not None
    assert record.publication is PublicationState.PUBLISHED


def check_nothing_went_wrong(*people: Person) -> None:
    assert [each.wrong for each in people] == [[] for _ in people]
