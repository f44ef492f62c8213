"""A case from upload to publication, in real browsers, mostly by keyboard."""

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

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
    take.locator("summary").click()
    take.locator("[name=note]").fill("Taking this case now.")
    take.locator("button.first").click()
    expect(page.locator("#item-head")).to_contain_text("In review")
    date = page.locator("#finding-date")
    date.locator("summary").click()
    date.locator("[name=verdict]").select_option("probable")
    date.locator("[name='value.from']").fill("2024-03-01")
    date.locator("button.first").click()
    expect(date.locator(".tag").first).to_have_text("Probable")
    way = page.locator("#to-misleading")
    way.locator("summary").click()
    way.locator("[value=DecontextualizedContent]").check()
    way.locator("[name=original_context]").fill("A drill in March 2024.")
    way.locator("[name=public_wording]").fill("Real, but two years old.")
    way.locator(f"[value='{match_id}']").check()
    way.locator("[name=note]").fill("The same footage as in March.")
    way.locator("button.first").click()
    expect(page.locator("#proposal")).to_contain_text("A verifier proposes")


def publish(page: Page, media_id: str) -> None:
    """Approve as another editor, say that somebody looked, and publish."""
    page.goto(f"/desk/media/{media_id}/record")
    page.locator("#proposal [name=note]").fill("Looked at both clips, agreed.")
    page.locator("#proposal button.first").click()
    expect(page.locator("#item-head")).to_contain_text("Misleading")
    page.goto(f"/desk/media/{media_id}/care")
    page.locator("#flags [name=reviewed]").check()
    page.get_by_role("button", name="Save flags").click()
    expect(page.locator("#flags")).to_contain_text("Looked for by")
    page.goto(f"/desk/media/{media_id}/record")
    page.locator("#publication summary").click()
    page.locator("#publication [name=description]").fill("A clip of a drill.")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#preview")).to_contain_text("A clip of a drill.")
    expect(page.locator("#publication")).to_contain_text("not published")
    page.get_by_role("button", name="Publish", exact=True).click()
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
    page.locator("[id^='match-']").get_by_role("link", name="Compare").click()
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
