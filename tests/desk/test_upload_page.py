"""Files brought to the desk in a real browser, over connections that break, and without scripts."""

import base64
import hashlib
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app import db
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.services import processing
from app.services.bench import LocalBench
from tests.desk.arriving import make_known
from tests.desk.chromium import PATIENCE_MS, Desk, desk_at
from tests.filming import edit, film
from tests.services.conftest import bench  # noqa: F401  (a fixture)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DROP = """
(target, [name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Known footage, and an excerpt of it."""
    folder = tmp_path_factory.mktemp("brought")
    known = film(folder / "march.mp4", seconds=6, seed=3, shots=3)
    return known, edit(known, folder / "viral.mp4", "-ss", "1", "-t", "4", "-an")


def drop(page: Page, target: str, clip: Path, kind: str = "video/mp4") -> None:
    """Let a file fall onto a part of the page."""
    content = base64.b64encode(clip.read_bytes()).decode()
    page.locator(target).evaluate(DROP, [clip.name, kind, content])


def line(page: Page, name: str) -> Locator:
    """The line of a file."""
    return page.locator("#files > li").filter(has_text=name)


def only_item(database: Database, page: Page) -> str:
    """The id of the item that the one finished line links to."""
    link = page.get_by_role("link", name="Open the item")
    expect(link).to_be_visible()
    return (link.get_attribute("href") or "").rpartition("/")[2]


def padded(clip: Path, path: Path, more_bytes: int) -> Path:
    """The same clip in a file of several pieces: a box follows that players pass over."""
    box = (more_bytes + 8).to_bytes(4, "big") + b"free" + bytes(more_bytes)
    path.write_bytes(clip.read_bytes() + box)
    return path


def test_a_dropped_file_becomes_an_item_and_its_match_appears(
    desk: Desk,
    parts: Parts,
    bench: LocalBench,  # noqa: F811
    clips: tuple[Path, Path],
) -> None:
    make_known(parts, bench, clips[0])
    producer = desk.sit_down(Role.PRODUCER)
    page = producer.page
    page.goto("/desk/")
    drop(page, ".bar", clips[1])  # on the queue, which leads to the page with the file
    page.wait_for_url("**/desk/upload")
    expect(line(page, "viral.mp4")).to_contain_text("not sent yet")
    page.fill("#send [name=source_name]", "a channel")
    page.locator("[data-own] summary").first.click()
    page.fill("[data-own] [name=claimed_at]", "2024-03-01T10:30")
    page.fill("[data-own] [name=tags]", "cell, kursk")
    page.get_by_role("button", name="Send").click()
    media_id = only_item(parts.database, page)
    expect(line(page, "viral.mp4")).to_contain_text("Waiting, 0 %")
    processing.process(parts.database, bench, media_id)
    expect(page.locator(".found")).to_contain_text(
        "Certain match: an excerpt of the known item: “March”"
    )
    with parts.database.read() as session:
        receipt = db.media.receipts(session, media_id, 5, None).items[0]
        assert db.media_lists.facets(session, [media_id])[media_id].tags == ["cell", "kursk"]
    assert receipt.source_name == "a channel"
    assert receipt.claimed_at is not None
    drop(page, "#send", clips[1])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("known already").and_(page.locator(":visible"))).to_be_visible()
    assert producer.wrong == []


def test_what_a_cut_network_and_a_reload_stopped_goes_on(
    desk: Desk, parts: Parts, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    clip = padded(clips[0], tmp_path / "long.mp4", 3_000_000)
    verifier = desk.sit_down(Role.VERIFIER)
    page = verifier.page
    page.goto("/desk/upload")
    held = hold_later_pieces(page)
    page.set_input_files("#send [name=file]", clip)
    page.get_by_role("button", name="Send").click()
    wait_for(page, held, 1)
    held[0].abort("connectionreset")
    expect(line(page, "long.mp4")).to_contain_text("goes on by itself")
    page.reload()
    expect(line(page, "long.mp4")).to_contain_text("interrupted at 1.0 MB")
    verifier.context.set_offline(True)
    page.set_input_files("#send [name=file]", clip)
    expect(line(page, "long.mp4")).to_contain_text("goes on by itself")
    page.unroute_all()
    verifier.context.set_offline(False)
    media_id = only_item(parts.database, page)
    assert sha256_of(parts, media_id) == sha256(clip)
    with parts.database.read() as session:
        assert len(db.media.receipts(session, media_id, 5, None).items) == 1
        assert db.events.last_seq(session)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_is_paused_goes_on_and_what_is_cancelled_is_forgotten(
    desk: Desk, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    clip = padded(clips[0], tmp_path / "long.mp4", 3_000_000)
    page = desk.sit_down(Role.PRODUCER).page
    page.goto("/desk/upload")
    held = hold_later_pieces(page)
    page.fill("#send [name=source_name]", "somebody in danger")
    page.set_input_files("#send [name=file]", clip)
    page.get_by_role("button", name="Send").click()
    wait_for(page, held, 1)
    page.get_by_role("button", name="Pause: long.mp4").click()
    expect(line(page, "long.mp4")).to_contain_text("paused at")
    assert "in danger" not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Go on: long.mp4").click()
    wait_for(page, held, 2)
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as ended:
        page.get_by_role("button", name="Cancel: long.mp4").click()
    expect(page.locator("#files > li")).to_have_count(0)
    assert ended.value.status == 204
    assert page.request.get(ended.value.url).status == 404
    assert page.evaluate("Object.keys(localStorage).length") == 0


def wait_for(page: Page, held: list[Route], count: int) -> None:
    until = time.monotonic() + PATIENCE_MS / 1000
    while len(held) < count:
        assert time.monotonic() < until
        page.wait_for_timeout(50)


def hold_later_pieces(page: Page) -> list[Route]:
    """Let the first piece of an upload pass; gives those that are held."""
    held: list[Route] = []

    def handle(route: Route) -> None:
        is_later = route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0"
        if is_later:
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile("/v1/uploads/"), handle)
    return held


def test_what_is_refused_is_said_in_words(desk: Desk, tmp_path: Path) -> None:
    page = desk.sit_down(Role.PRODUCER).page
    page.goto("/desk/upload")
    text = tmp_path / "notes.mp4"
    text.write_text("no film at all\n" * 50_000)
    page.set_input_files("#send [name=file]", text)
    page.get_by_role("button", name="Send").click()
    expect(line(page, "notes.mp4")).to_contain_text("no picture, video or sound")
    page.get_by_role("button", name="Take off the list: notes.mp4").click()
    expect(page.locator("#files > li")).to_have_count(0)


def test_what_is_too_large_is_said_with_the_limit(
    program: Browser, parts: Parts, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    clip = padded(clips[0], tmp_path / "long.mp4", 600_000)
    settings = parts.settings.model_copy(update={"upload_max_bytes": 500_000})
    with desk_at(program, replace(parts, settings=settings)) as desk:
        page = desk.sit_down(Role.PRODUCER).page
        page.goto("/desk/upload")
        send(page, clip)
        expect(line(page, "long.mp4")).to_contain_text("It is too large: the limit is 500 kB.")
        expect(page.get_by_role("button", name="Try again: long.mp4")).to_be_hidden()


def test_a_full_disk_is_said_and_gone_on_from_once_there_is_room(
    desk: Desk,
    parts: Parts,
    clips: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clip = padded(clips[0], tmp_path / "long.mp4", 3_000_000)
    page = desk.sit_down(Role.PRODUCER).page
    page.goto("/desk/upload")
    held = hold_later_pieces(page)
    send(page, clip)
    wait_for(page, held, 1)
    with monkeypatch.context() as full:
        full.setattr(parts.blobs, "_reserve_bytes", 1 << 60)
        held[0].continue_()
        expect(line(page, "long.mp4")).to_contain_text("The desk's disk is full.")
    page.unroute_all()
    page.get_by_role("button", name="Try again: long.mp4").click()
    assert sha256_of(parts, only_item(parts.database, page)) == sha256(clip)


def test_who_is_signed_out_in_the_middle_signs_in_elsewhere_and_goes_on(
    desk: Desk, parts: Parts, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    clip = padded(clips[0], tmp_path / "long.mp4", 3_000_000)
    producer = desk.sit_down(Role.PRODUCER)
    page = producer.page
    page.goto("/desk/upload")
    held = hold_later_pieces(page)
    send(page, clip)
    wait_for(page, held, 1)
    cookie = next(each for each in producer.context.cookies() if each["name"] == "desk")
    producer.context.clear_cookies()
    held[0].abort("connectionreset")
    page.unroute_all()
    expect(line(page, "long.mp4")).to_contain_text("You are signed out; what was sent so far is")
    with producer.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (another tab)").click()
    expect(opened.value.get_by_role("button", name="Sign in")).to_be_visible()
    producer.context.add_cookies([{"name": "desk", "value": cookie["value"], "url": desk.address}])
    page.get_by_role("button", name="Try again: long.mp4").click()
    assert sha256_of(parts, only_item(parts.database, page)) == sha256(clip)


def test_what_was_refused_is_told_no_more_once_it_is_taken(
    desk: Desk, parts: Parts, clips: tuple[Path, Path]
) -> None:
    page = desk.sit_down(Role.PRODUCER).page
    page.goto("/desk/upload")
    page.fill("#send [name=tags]", "t" * 81)
    send(page, clips[0])
    refusal = line(page, "march.mp4").locator("[data-refusal]")
    expect(refusal).to_contain_text("80 characters")
    page.fill("#send [name=tags]", "")
    page.get_by_role("button", name="Send").click()
    only_item(parts.database, page)
    expect(refusal).to_be_hidden()


@pytest.mark.long
def test_results_are_asked_for_again_after_a_sign_in_elsewhere(
    desk: Desk, parts: Parts, clips: tuple[Path, Path]
) -> None:
    page = desk.sit_down(Role.PRODUCER).page
    page.goto("/desk/upload")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=401)

    page.route(re.compile("/desk/upload/results"), refuse)
    send(page, clips[0])
    only_item(parts.database, page)
    while not asked:
        page.wait_for_timeout(50)
    page.unroute_all()
    expect(line(page, "march.mp4")).to_contain_text("Waiting, 0 %")


def send(page: Page, clip: Path) -> None:
    page.set_input_files("#send [name=file]", clip)
    page.get_by_role("button", name="Send").click()


def sha256(clip: Path) -> str:
    return hashlib.sha256(clip.read_bytes()).hexdigest()


def sha256_of(parts: Parts, media_id: str) -> str:
    with parts.database.read() as session:
        item = db.media.find(session, media_id)
    assert item is not None
    return item.sha256


def test_a_pasted_picture_waits_to_be_sent(desk: Desk) -> None:
    page = desk.sit_down(Role.PRODUCER).page
    page.goto("/desk/upload")
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(9)], "image.png", { type: "image/png" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer }));
        }"""
    )
    expect(page.locator("#files > li")).to_contain_text("pasted 20")
    expect(page.get_by_label("Said to be from, in your zone")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("in UTC")


def test_without_scripts_a_form_brings_one_file(
    desk: Desk, parts: Parts, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    page = desk.sit_down(Role.VERIFIER, java_script_enabled=False).page
    page.goto("/desk/upload")
    expect(page.get_by_label("Said to be from, in UTC")).to_be_visible()
    text = tmp_path / "notes.txt"
    text.write_text("no film")
    page.fill("[name=source_name]", "a reader")
    page.fill("[name=claimed_at]", "2024-03-01T10:30")
    page.set_input_files("[name=file]", text)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#refusal")).to_contain_text("no picture, video or sound")
    expect(page.locator("[name=source_name]")).to_have_value("a reader")
    page.set_input_files("[name=file]", clips[0])
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile("/desk/media/"))
    media_id = page.url.rpartition("/")[2]
    with parts.database.read() as session:
        receipt = db.media.receipts(session, media_id, 5, None).items[0]
    assert receipt.source_name == "a reader"
    assert str(receipt.claimed_at) == "2024-03-01 10:30:00+00:00"
