import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app import services
from app.access import Role
from app.bootstrap import Parts
from app.db.matches import StoredMatch
from app.schemas.enums import ReviewDecision
from tests.desk.chromium import PATIENCE_MS, Desk
from tests.desk.painted import FRAME_MS, RATE, READ, cut, paint, store, turned
from tests.filming import ffmpeg
from tests.records import found_match

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KNOWN_FRAMES = 300
MIRRORED_FROM, MIRRORED_FRAMES = 90, 120
FAST_FROM, FAST_END, SPEED = 60, 210, 1.25


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A known clip, a mirrored excerpt, and a faster one that leaves out every seventh frame."""
    folder = tmp_path_factory.mktemp("painted")
    known = paint(folder / "known.mp4", KNOWN_FRAMES)
    end = MIRRORED_FROM + MIRRORED_FRAMES
    mirrored = cut(folder / "mirrored.mp4", known, MIRRORED_FROM, end, "hflip")
    gaps = (f"setpts=PTS/{SPEED}", f"fps={RATE}", "select=mod(n\\,7)-3")
    return known, mirrored, cut(folder / "fast.mp4", known, FAST_FROM, FAST_END, *gaps)


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    """A page on which a verifier is signed in; nothing on it may fail unseen."""
    person = desk.sit_down(Role.VERIFIER, viewport={"width": 1280, "height": 800})
    yield person.page
    # No stills were made of these items.
    assert [each for each in person.wrong if "404" not in each] == []


def match(
    parts: Parts, paths: tuple[Path, Path], frames: tuple[int, int], *spans: int, edit: str = ""
) -> str:
    """A match of two painted clips along one segment (query start, end, known start, end)."""
    start, end, first, last = (round(each * FRAME_MS) for each in spans)
    with parts.database.write() as session:
        query, known = (
            store(parts, session, path, count, path.stem)
            for path, count in zip(paths, frames, strict=True)
        )
        found = found_match(query, known)
        found.segments[0] |= {
            "query": {"start_ms": start, "end_ms": end},
            "known": {"start_ms": first, "end_ms": last},
            "speed": round((last - first) / ((end - start) or 1), 3),
            "transforms": [{"kind": edit}] if edit else [],
        }
        placement = [-1, 0, 1, 0, 1, 0] if edit == "mirror" else [1, 0, 0, 0, 1, 0]
        found.evidence = [
            {**each, "query_ms": start, "known_ms": first, "placement": placement}
            for each in found.evidence
        ]
        session.add(found)
        session.flush()
        return found.id


def visit(page: Page, match_id: str) -> None:
    """Open the page of a match and wait for its players."""
    page.goto(f"/desk/matches/{match_id}")
    page.wait_for_selector("[data-needs-clips] >> visible=true")
    settle(page)


def settle(page: Page) -> None:
    """Wait until both sides show what was asked for."""
    page.wait_for_selector('#compare[aria-busy="false"]', timeout=15_000)


def press(page: Page, *keys: str) -> None:
    """Press keys as fast as they come, then wait for the pictures."""
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def shown(page: Page) -> tuple[int, int]:
    """The numbers that are painted into what both sides show."""
    return tuple(  # type: ignore[return-value]
        page.evaluate(READ, f'[data-side="{side}"] [data-media]') for side in ("query", "known")
    )


def test_both_sides_show_the_same_frame_after_every_seek_and_step(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path]
) -> None:
    known, mirrored, _ = clips
    end = MIRRORED_FROM + MIRRORED_FRAMES
    spans = (0, MIRRORED_FRAMES, MIRRORED_FROM, end)
    made = match(parts, (mirrored, known), (MIRRORED_FRAMES, KNOWN_FRAMES), *spans, edit="mirror")
    visit(page, made)

    def check(frame: int) -> None:
        query, other = shown(page)
        assert (turned(query), other) == (MIRRORED_FROM + frame, MIRRORED_FROM + frame)
        said = page.inner_text('[data-readout="query"]')
        assert said.endswith(f"frame {frame} of {MIRRORED_FRAMES}")

    check(0)
    press(page, ".", ".", ".")
    check(3)
    press(page, ",")
    check(2)
    press(page, "ArrowRight", "ArrowRight")
    check(62)
    press(page, *["."] * 40)
    check(102)
    press(page, "ArrowLeft")
    check(72)
    strip = page.locator('[data-strip="known"] svg')
    box = strip.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * (MIRRORED_FROM + 50.5) / KNOWN_FRAMES, box["y"] + 8)
    settle(page)
    check(50)
    press(page, ">")
    assert shown(page)[1] == MIRRORED_FROM + 51
    page.select_option("[data-rate]", "0.25")
    page.locator("[data-rate]").blur()
    press(page, "<", " ")
    until = time.monotonic() + PATIENCE_MS / 1000
    while int(page.get_attribute('[data-side="known"]', "data-frame") or 0) < MIRRORED_FROM + 55:
        assert time.monotonic() < until
        page.wait_for_timeout(50)
    press(page, " ")
    query, other = shown(page)
    assert turned(query) == other > MIRRORED_FROM + 50
    press(page, "4")
    assert page.evaluate(brightest, "canvas") < 40


brightest = """
(source) => {
  const canvas = document.querySelector(source);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += data[at];
  return (4 * sum) / data.length;
}
"""


def test_a_faster_clip_of_uneven_frames_stays_aligned(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path]
) -> None:
    known, _, fast = clips
    spans = (0, round((FAST_END - FAST_FROM) / SPEED), FAST_FROM, FAST_END)
    made = match(parts, (fast, known), (spans[1], KNOWN_FRAMES), *spans)
    visit(page, made)
    before = -1
    for keys in ([], ["."], ["."], ["."], ["ArrowRight"], ["."] * 5, [","], ["."] * 30):
        press(page, *keys)
        query, other = shown(page)
        # Making 1.25 frames into one leaves it open which of two neighbours is shown.
        assert abs(query - other) <= 1, keys
        assert query != before, keys
        before = query
    table = page.evaluate("fetch(JSON.parse(pair.textContent).query.frames).then((a) => a.json())")
    assert table["step"] is None
    assert table["count"] == int(page.inner_text('[data-readout="query"]').split()[-1])


def test_footage_that_runs_backwards_is_shown_against_its_source(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    backwards = cut(tmp_path / "backwards.mp4", clips[0], 90, 150, "reverse")
    made = match(parts, (backwards, clips[0]), (60, KNOWN_FRAMES), 0, 60, 90, 150, edit="reversed")
    visit(page, made)
    assert shown(page) == (149, 149)
    press(page, ".", ".")
    assert shown(page) == (147, 147)
    press(page, " ")
    page.wait_for_timeout(400)
    press(page, " ")
    query, other = shown(page)
    assert query == other


def test_a_held_frame_stays_while_the_upload_plays(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    held = cut(tmp_path / "held.mp4", clips[0], 100, 101, "loop=59:1:0", "setpts=N/FRAME_RATE/TB")
    made = match(parts, (held, clips[0]), (60, KNOWN_FRAMES), 0, 60, 100, 100, edit="freeze_frame")
    visit(page, made)
    assert shown(page) == (100, 100)
    press(page, " ")
    for _ in range(4):
        page.wait_for_timeout(100)
        assert shown(page) == (100, 100)
    press(page, " ")
    assert shown(page) == (100, 100)


def still_of(clip: Path, folder: Path, frame: int) -> Path:
    """One frame of a clip as a picture."""
    still = folder / "still.png"
    ffmpeg("-i", clip, "-vf", f"select=eq(n\\,{frame})", "-frames:v", "1", still)
    return still


def test_a_still_is_compared_with_its_very_frame(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    still = still_of(clips[0], tmp_path, 100)
    made = match(parts, (still, clips[0]), (0, KNOWN_FRAMES), 0, 0, 100, 100)
    visit(page, made)
    assert shown(page) == (100, 100)
    press(page, ".")
    assert shown(page) == (100, 101)
    press(page, "4")
    assert page.evaluate(brightest, "canvas") > 1


def test_a_still_is_shown_beside_the_moment_that_proves_it(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    still = still_of(clips[0], tmp_path, 100)
    made = match(parts, (still, clips[0]), (0, KNOWN_FRAMES), 0, 0, 88, 112)
    with parts.database.write() as session:
        found = session.get_one(StoredMatch, made)
        found.evidence = [{**each, "known_ms": round(100 * FRAME_MS)} for each in found.evidence]
    visit(page, made)
    assert shown(page) == (100, 100)
    assert page.inner_text('[data-readout="query"]') == "still"
    assert page.get_by_role("button", name="Hear the upload").count() == 0
    press(page, ".", ".")
    assert shown(page) == (100, 102)
    page.get_by_role("button", name="Show pair 1 above").click()
    settle(page)
    assert shown(page) == (100, 100)


def test_one_key_decides_and_one_takes_it_back(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path]
) -> None:
    known, mirrored, _ = clips
    made = match(parts, (mirrored, known), (MIRRORED_FRAMES, KNOWN_FRAMES), 0, 120, 90, 210)

    def decided() -> ReviewDecision | None:
        with parts.database.read() as session:
            return services.matches.read(session, made).review.decision

    visit(page, made)
    for key, name, wanted in (
        ("c", "Confirmed", ReviewDecision.CONFIRMED),
        ("l", "Related", ReviewDecision.RELATED),
        ("u", "Confirmed", ReviewDecision.CONFIRMED),
        ("u", "Nobody has judged", None),
    ):
        page.keyboard.press(key)
        page.wait_for_selector(f'#review [role=status]:has-text("{name}")')
        assert decided() is wanted
    page.fill("#review textarea", "crl")
    assert decided() is None


def test_the_segment_and_the_pair_that_are_shown_are_told(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path]
) -> None:
    known, mirrored, _ = clips
    visit(page, match(parts, (mirrored, known), (MIRRORED_FRAMES, KNOWN_FRAMES), 0, 120, 90, 210))
    assert page.get_attribute('[data-segment="0"]', "aria-current") == "true"
    page.keyboard.press("5")
    assert page.inner_text("[data-live]").startswith("Pair 1 of")
    page.keyboard.press(".")
    pair = page.locator("[data-pair]").last
    told = page.inner_text("[data-live]")
    assert (pair.get_attribute("data-query") or "-") in told
    assert (pair.get_attribute("data-known") or "-") in told


def test_arrows_move_a_table_that_is_wider_than_the_window(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path]
) -> None:
    known, mirrored, _ = clips
    end = MIRRORED_FROM + MIRRORED_FRAMES
    spans = (0, MIRRORED_FRAMES, MIRRORED_FROM, end)
    made = match(parts, (mirrored, known), (MIRRORED_FRAMES, KNOWN_FRAMES), *spans, edit="mirror")
    page.set_viewport_size({"width": 360, "height": 800})
    visit(page, made)
    page.focus(".segments")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert page.locator(".segments").evaluate("(each) => each.scrollLeft") > 0


def test_what_cannot_be_played_falls_back_to_stills(
    page: Page, parts: Parts, clips: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clips[0].read_bytes()[:900])
    made = match(parts, (broken, clips[0]), (120, KNOWN_FRAMES), 0, 120, 90, 210)
    with page.expect_response(lambda answer: "/evidence/0/query" in answer.url):
        page.goto(f"/desk/matches/{made}")
    page.wait_for_selector("[data-fallback] >> visible=true")
    assert page.get_attribute("#compare", "data-mode") == "stills"
    assert page.is_disabled('[data-choose="wipe"]')
