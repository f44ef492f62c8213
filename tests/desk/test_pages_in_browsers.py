"""Every page in a real browser: accessible, light, narrow enough, and nothing that the policy refuses."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.core.provenance.values import TrustListKind
from app.db.media import Media
from app.schemas.enums import CollectionKind, MediaState, VerificationStatus
from app.schemas.holds import NewHold
from app.schemas.people import NewPerson
from app.schemas.privacy_enums import PurgeAuthority, SensitivityFlag
from app.schemas.purging import NewPurgeProposal
from app.schemas.trust_lists import NewTrustList
from app.schemas.verifications import TransitionRequest
from app.services import collections
from tests.desk.chromium import Desk
from tests.records import PURGE, actor_of, add_item, add_match, claim, find_out, hear, make_known
from tests.signing import Authority

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AXE = Path(__file__).with_name("vendor") / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_BYTES = 300_000
VERA, ADMIN = actor_of(Role.VERIFIER, "vera"), actor_of(Role.ADMIN)


def live(parts: Parts) -> dict[str, str]:
    """A desk with something on each page; gives the pages by their names."""
    with parts.database.write() as session:
        media_id, march, flagged, gone = (
            add_item(session, title=title) for title in ("Viral", "March", "Prisoners", "Gone")
        )
        services.purging.order(session, gone, PURGE, ADMIN)
        hold = NewHold(media_id=flagged, reason="A court asked for it.")
        services.holds.place(session, hold, ADMIN)
        for each in (media_id, march, flagged):
            item = session.get_one(Media, each)
            item.state, item.duration_ms, item.progress = MediaState.READY, 60_000, 1.0
            item.width, item.height = 640, 360
        archive = collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, VERA)
        collections.add(session, archive, march, VERA)
        match_id = add_match(session, media_id, march)
        flagged_match = add_match(session, flagged, march)
        record = services.verifications.take(session, flagged)
        services.sensitivity.add(session, record, [SensitivityFlag.POW], VERA)
        find_out(session, media_id, "date", "probable", value={"from": "2024-03-01"})
        hear(session, media_id, claim(session, media_id), source="NIS")
        record = services.verifications.take(session, media_id)
        taken = TransitionRequest(
            to=VerificationStatus.IN_REVIEW, assignee="vera", note="Taking this case up."
        )
        services.transitions.apply(session, record, taken, VERA)
        asked = NewPurgeProposal(authority=PurgeAuthority.SOURCE, reason="It is in danger.")
        record = services.verifications.take(session, march)
        services.purge_proposals.propose(session, record, asked, VERA)
        pem = Authority.new("Lab").root.decode()
        wanted = NewTrustList(name="Lab", kind=TrustListKind.LOCAL, pem=pem)
        services.trust_lists.add(session, parts.jobs, wanted, ADMIN)
        olena = services.people.add(
            session, ADMIN, NewPerson(login="olena", name="Olena", role=Role.VIEWER)
        )
        link = services.people.make_link(session, ADMIN, olena.id)
    return {
        "queue": "",
        "item": f"media/{media_id}",
        "flagged": f"media/{flagged}",
        "record": f"media/{media_id}/record",
        "history": f"media/{media_id}/history",
        "care": f"media/{flagged}/care",
        "care of what may go": f"media/{march}/care",
        "purged": f"media/{gone}",
        "compare": f"matches/{match_id}",
        "compare flagged": f"matches/{flagged_match}",
        "upload": "upload",
        "subscriptions": "subscriptions",
        "known": "known",
        "collection": "known/collections/archive",
        "alerts": "alerts",
        "audit": "audit",
        "people": "people",
        "keys": "keys",
        "settings": "settings",
        "account": "account",
        "sign-in": "sign-in",
        "set a password": f"set-password/{link}",
        "no such page": "media/nothing",
    }


def complaints(page: Page) -> list[str]:
    """What axe has against the page, with everything on it unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    # Through the debugger, as the page's own policy lets no foreign script in.
    page.evaluate(AXE.read_text())
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def weigh(page: Page) -> int:
    """The bytes of everything that the page loaded, media left out."""
    sizes: int = page.evaluate(
        """performance.getEntries()
          .filter((each) => ["navigation", "resource"].includes(each.entryType))
          .filter((each) => !/\\/(file|stills)/.test(each.name))
          .reduce((sum, each) => sum + (each.encodedBodySize || 0), 0)"""
    )
    return sizes


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_every_page_is_accessible_light_and_in_order(
    desk: Desk, parts: Parts, scheme: str, width: int
) -> None:
    pages = live(parts)
    admin = desk.sit_down(Role.ADMIN, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = admin.page
    wrong: dict[str, list[str]] = {}
    for name, path in pages.items():
        page.goto(f"/desk/{path}", wait_until="load")
        said = complaints(page)
        if (bytes_ := weigh(page)) > MOST_BYTES:
            said.append(f"{bytes_} bytes")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            said.append(f"{wide} px wide")
        if said:
            wrong[name] = said
    assert wrong == {}
    # The files of these items do not exist, one page is none, and one is of a purged item.
    missing = [each for each in admin.wrong if "404" not in each and "410" not in each]
    assert missing == []


@pytest.mark.parametrize("width", [1280, 360])
def test_long_words_keep_within_the_page(desk: Desk, parts: Parts, width: int) -> None:
    pages = live(parts)
    media_id = pages["item"].rpartition("/")[2]
    link = f"https://social.example/groups/{'0123456789' * 20}"
    with parts.database.write() as session:
        found = {"channel": link, "filmed_by": "a witness"}
        find_out(session, media_id, "source", "probable", value=found)
        db.media.add_tags(session, media_id, ["exchange-of-prisoners-" * 4])
        record = services.verifications.take(session, media_id)
        record.assignee = "somebody.with.a.long.name@verification.desk.newsroom.example"
    page = desk.sit_down(Role.VERIFIER, viewport={"width": width, "height": 900}).page
    for name in ("queue", "item", "record", "history"):
        page.goto(f"/desk/{pages[name]}", wait_until="load")
        assert page.evaluate("document.documentElement.scrollWidth") == width, name


def test_every_status_stands_in_its_line_as_a_tag(desk: Desk, parts: Parts) -> None:
    with parts.database.write() as session:
        add_item(session)
    page = desk.sit_down(Role.VERIFIER).page
    page.goto("/desk/", wait_until="load")
    style = page.locator(".queue .tag").first.evaluate(
        "(each) => [getComputedStyle(each).display, getComputedStyle(each).paddingLeft]"
    )
    assert style == ["inline-block", "7.2px"]


@pytest.mark.parametrize("width", [1440, 360])
def test_a_strip_is_as_high_in_a_narrow_window(desk: Desk, parts: Parts, width: int) -> None:
    pages = live(parts)
    page = desk.sit_down(Role.VERIFIER, viewport={"width": width, "height": 900}).page
    page.goto(f"/desk/{pages['compare']}", wait_until="load")
    block = page.locator("[data-strip=query] .seg").bounding_box()
    assert block is not None
    assert block["height"] >= 20


@pytest.mark.parametrize("width", [1440, 1024])
def test_why_an_item_waits_is_read_in_full(desk: Desk, parts: Parts, width: int) -> None:
    live(parts)
    with parts.database.write() as session:
        known = make_known(session, add_item(session, title="Press conference, second camera"))
        viral = add_item(session, title="Viral")
        add_match(session, viral, known)
        asked = NewPurgeProposal(authority=PurgeAuthority.SOURCE, reason="It is in danger.")
        record = services.verifications.take(session, viral)
        services.purge_proposals.propose(session, record, asked, VERA)
    page = desk.sit_down(Role.VERIFIER, viewport={"width": width, "height": 900}).page
    page.goto("/desk/", wait_until="load")
    why = page.locator(f"#row-{viral} .why")
    assert "“Press conference, second camera” · processing, 0 %" in why.inner_text()
    cut = "(each) => [each.scrollWidth - each.clientWidth, each.scrollHeight - each.clientHeight]"
    assert why.evaluate(cut) == [0, 0]


def test_the_way_to_the_next_match_and_the_keys_stand_together(desk: Desk, parts: Parts) -> None:
    pages = live(parts)
    with parts.database.write() as session:
        add_match(session, pages["item"].rpartition("/")[2], add_item(session, title="April"))
    page = desk.sit_down(Role.VERIFIER).page
    page.goto(f"/desk/{pages['compare']}", wait_until="load")
    for width in range(360, 1200, 20):
        page.set_viewport_size({"width": width, "height": 900})
        edge = page.locator(".head [data-help]").evaluate(
            "(each) => each.getBoundingClientRect().right"
        )
        assert edge >= width - 20, width


def test_what_cannot_be_pressed_yet_looks_so(desk: Desk, parts: Parts) -> None:
    pages = live(parts)
    page = desk.sit_down(Role.EDITOR).page
    page.goto(f"/desk/{pages['record']}", wait_until="load")
    colour = "(each) => getComputedStyle(each).backgroundColor"
    waiting, open_ = (page.locator(f"#to-{way} button.first") for way in ("verified", "unverified"))
    assert waiting.is_disabled()
    assert waiting.evaluate(colour) != open_.evaluate(colour)


def test_where_one_is_can_be_seen_in_a_narrow_window(desk: Desk) -> None:
    page = desk.sit_down(Role.ADMIN, viewport={"width": 360, "height": 900}).page
    for path in ("", "audit", "settings"):
        page.goto(f"/desk/{path}", wait_until="load")
        here = page.locator(".bar nav [aria-current]").bounding_box()
        assert here is not None
        assert here["x"] >= 0
        assert here["x"] + here["width"] <= 360


def test_titles_from_right_to_left_are_cut_at_their_end(desk: Desk, parts: Parts) -> None:
    title = "جنديان أسيران في زنزانة واحدة " * 8
    with parts.database.write() as session:
        media_id = add_item(session, title=title.strip())
        archive = collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, VERA)
        collections.add(session, archive, media_id, VERA)
        add_match(session, add_item(session, title=title.strip()), media_id)
    page = desk.sit_down(Role.VERIFIER, viewport={"width": 1280, "height": 900}).page
    for path in ("", "known/collections/archive"):
        page.goto(f"/desk/{path}", wait_until="load")
        # The place of the first letter, and that of what is seen.
        first, left, right = page.locator(".queue .title").first.evaluate(
            """(each) => {
              const letter = document.createRange();
              letter.setStart(each.firstChild, 0);
              letter.setEnd(each.firstChild, 1);
              const seen = each.getBoundingClientRect();
              return [letter.getBoundingClientRect().left, seen.left, seen.right];
            }"""
        )
        assert left <= first <= right


def test_flagged_footage_is_shown_on_purpose_only(desk: Desk, parts: Parts) -> None:
    pages = live(parts)
    with parts.database.write() as session:
        flagged = pages["flagged"].rpartition("/")[2]
        session.add(db.searches.MatchSearch(media_id=flagged, known_items=1, as_of_seq=1))
    verifier = desk.sit_down(Role.VERIFIER)
    page = verifier.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/desk/{pages['flagged']}", wait_until="load")
    assert page.locator("video").count() == 0
    assert not [each for each in asked if each.endswith("/file") or "blurred=false" in each]
    page.get_by_role("button", name="Show it unblurred").click()
    page.wait_for_selector("video")
    video = page.locator("video")
    assert video.evaluate("(each) => [each.muted, each.autoplay, each.paused]") == [
        True,
        False,
        True,
    ]
    video.evaluate("(each) => each.dispatchEvent(new Event('seeked'))")
    assert page.locator(".strip .cursor").first.get_attribute("hidden") is None
    page.reload()
    assert page.locator("video").count() == 0


def test_an_item_is_flagged_held_and_purged_by_forms_that_refuse_in_place(
    desk: Desk, parts: Parts
) -> None:
    pages = live(parts)
    admin = desk.sit_down(Role.ADMIN, timezone_id="Asia/Tokyo")
    page = admin.page
    page.goto(f"/desk/{pages['item']}/care")
    page.check("#flags [value=minor]")
    page.fill("[name='stretches.minor']", "soon")
    page.get_by_role("button", name="Save flags").click()
    page.wait_for_selector("#flags #refusal")
    assert "“soon” is no time" in page.inner_text("#refusal")
    page.fill("[name='stretches.minor']", "0:05-0:12")
    page.get_by_role("button", name="Save flags").click()
    page.get_by_text("0:05–0:12", exact=True).wait_for()
    page.locator("#holds summary").click()
    page.fill("#holds [name=reason]", " ")
    page.fill("#holds [name=until]", "2099-01-01T09:00")
    page.get_by_role("button", name="Place a hold").click()
    page.wait_for_selector("#holds #refusal")
    assert page.input_value("#holds [name=until]") == "2099-01-01T09:00"
    page.fill("#holds [name=reason]", "Asked for by a court.")
    page.get_by_role("button", name="Place a hold").click()
    page.get_by_role("button", name="Release: Asked for by a court.").wait_for()
    with parts.database.read() as session:
        (hold,) = db.holds.of_media(session, pages["item"].rpartition("/")[2])
    assert hold.until is not None
    assert hold.until.hour == 0
    page.fill("#holds [name=reason] >> nth=0", "It is over.")
    page.get_by_role("button", name="Release: Asked for by a court.").click()
    page.get_by_text("It is over.").wait_for()
    page.locator("#purge summary").click()
    page.fill("#purge [name=reason]", "It was sent by mistake.")
    page.check("#purge [name=sure]")
    page.get_by_role("button", name="Purge it for good").click()
    page.get_by_role("heading", name="This item was purged").wait_for()
    assert [each for each in admin.wrong if "422" not in each and "410" not in each] == []


def test_the_queue_is_walked_by_keyboard(desk: Desk, parts: Parts) -> None:
    live(parts)
    page = desk.sit_down(Role.VERIFIER).page
    page.goto("/desk/")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == first
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("viral")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=viral**")
    assert page.locator(".queue .title").all_inner_texts() == ["Viral"]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/media/*")
    page.keyboard.press("g")
    page.wait_for_url("**/desk/")
    with parts.database.read() as session:
        assert db.events.last_seq(session) > 0


def test_single_keys_can_be_switched_off(desk: Desk, parts: Parts) -> None:
    live(parts)
    page = desk.sit_down(Role.VERIFIER).page
    page.goto("/desk/account")
    page.get_by_role("button", name="Switch them off").click()
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.goto("/desk/")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "title"
    page.get_by_role("button", name="Keys").click()
    page.wait_for_selector("dialog[open]")
    assert "switched single keys off" in page.inner_text("dialog")
    page.get_by_role("link", name="Switch single keys on or off").click()
    page.get_by_role("button", name="Switch them on").click()
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.wait_for_url("**/desk/")


def test_the_record_works_without_scripts(desk: Desk, parts: Parts) -> None:
    pages = live(parts)
    page = desk.sit_down(Role.VERIFIER, java_script_enabled=False).page
    page.goto(f"/desk/{pages['record']}")
    page.fill("#notes textarea", "Written without any script.")
    page.click("#notes button")
    assert "Written without any script." in page.inner_text("#notes")
    page.click("#finding-location summary")
    page.select_option("#finding-location [name=verdict]", "confirmed")
    page.fill("#finding-location [name='value.lat']", "200")
    page.click("#finding-location button.first")
    assert page.locator("#refusal").is_visible()
    assert page.input_value("#finding-location [name='value.lat']") == "200"


def test_without_scripts_no_button_does_nothing(desk: Desk, parts: Parts) -> None:
    pages = live(parts)
    page = desk.sit_down(Role.VERIFIER, java_script_enabled=False).page
    for name in ("compare", "compare flagged", "item", "queue"):
        page.goto(f"/desk/{pages[name]}")
        acts = page.locator("button[type=button]:not([data-seek]) >> visible=true")
        assert acts.all_inner_texts() == [], name
    page.goto(f"/desk/{pages['compare']}")
    page.get_by_role("button", name="Confirm").click()
    assert "Confirmed" in page.inner_text("#review")


def test_times_are_told_in_the_viewers_zone_and_in_utc(desk: Desk, parts: Parts) -> None:
    live(parts)
    page = desk.sit_down(Role.VERIFIER, timezone_id="Asia/Tokyo", locale="en-GB").page
    page.goto("/desk/")
    year = datetime.now(UTC).year
    told = page.evaluate(TELL, [f"{year}-03-04T14:59:00Z", f"{year}-03-04T23:00:00Z"])
    assert told[0].endswith("4 Mar, 23:59 · 14:59 UTC")
    assert told[1].endswith("5 Mar, 08:00 · 4 Mar, 23:00 UTC")
    page.reload()
    under = page.locator(".queue .side time").first.evaluate(AT_ITS_MIDDLE)
    assert under == "TIME"


TELL = """
(times) => {
  document.querySelector("main").innerHTML = times.map((each) => `<time datetime="${each}"></time>`).join("");
  document.dispatchEvent(new Event("htmx:after:swap"));
  return [...document.querySelectorAll("main time")].map((each) => each.textContent);
}
"""
AT_ITS_MIDDLE = """
(each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2).tagName;
}
"""
"""What is met where an element is drawn."""
