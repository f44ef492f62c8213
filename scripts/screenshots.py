"""Show every page of the desk: a running demo desk, real clips, and a picture of each page.

`make screenshots` starts a desk on a folder of its own, fills it over HTTP, and writes each page at
1440 and 360 pixels, light and dark, to build/screenshots. It needs Debian's Chromium.
"""

import argparse
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import imageio_ffmpeg
from chromium import FLAGS, PROGRAM
from demo import Receiver
from own_desk import clean_environment
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "screenshots"
PASSWORD = "several plain words"
WIDTHS, SCHEMES = (1440, 360), ("light", "dark")
PATIENCE_S = 300
UPLOADS = ("viral.mp4", "montage.mp4", "still.jpg", "new.mp4", "joke.jpg")
PLAIN = (
    "upload",
    "subscriptions",
    "known",
    "alerts",
    "audit",
    "people",
    "keys",
    "settings",
    "account",
)


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def make_uploads(footage: list[Path], folder: Path) -> dict[str, Path]:
    """A mirrored excerpt, a montage of known and unknown footage, a still, and something new."""
    one, other, third = footage[:3]
    clips = {name: folder / name for name in UPLOADS}
    fit = "scale=640:360,setsar=1,fps=25"
    joined = f"[0:v]{fit}[a];[1:v]{fit}[b];[2:v]{fit}[c];[a][b][c]concat=n=3:v=1[o]"
    crop = "hflip,crop=iw*0.8:ih*0.8,setpts=PTS/1.05,scale=640:-2"
    ffmpeg("-ss", "2", "-t", "6", "-i", one, "-vf", crop, "-an", clips["viral.mp4"])
    parts = ["-t", "5", "-i", one, "-t", "4", "-i", third, "-ss", "1", "-t", "5", "-i", other]
    ffmpeg(*parts, "-filter_complex", joined, "-map", "[o]", "-an", clips["montage.mp4"])
    ffmpeg("-ss", "4", "-i", other, "-frames:v", "1", clips["still.jpg"])
    ffmpeg("-ss", "1", "-i", third, "-frames:v", "1", clips["joke.jpg"])
    ffmpeg("-t", "6", "-i", third, "-vf", "scale=640:-2", "-an", clips["new.mp4"])
    return clips


def start(folder: Path) -> tuple[subprocess.Popen[bytes], str, str]:
    """A whole desk; gives the process, its address, and the first key."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key_file = folder / "key"
    given = {
        "PROVENANCE_DATA_DIR": str(folder / "data"),
        "PROVENANCE_PORT": str(port),
        "PROVENANCE_IMPORT_FOLDERS": str(folder / "archive"),
        "PROVENANCE_WEBHOOK_ALLOW_PRIVATE": "true",
    }
    command = [sys.executable, "-m", "app", "up", "--first-key-file", str(key_file)]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, env=clean_environment() | given, stdout=log, stderr=log)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if key_file.exists() and _is_ready(address):
                return process, address, key_file.read_text().strip()
        except httpx2.TransportError:
            pass
        time.sleep(0.3)
    raise SystemExit(f"the desk did not start: {(folder / 'log').read_text()[-2000:]}")


def _is_ready(address: str) -> bool:
    return httpx2.get(f"{address}/readyz", trust_env=False).status_code == 200


def fill(api: httpx2.Client, footage: list[Path], uploads: dict[str, Path]) -> dict[str, str]:
    """Known material, uploads, and a case in the middle of its work; gives ids by name."""

    def done(answer: httpx2.Response) -> Any:
        return checked(answer).json()

    def send(path: Path, **fields: str) -> str:
        with path.open("rb") as file:
            sent = done(api.post("/v1/media", files={"file": (path.name, file)}, data=fields))
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            item = done(api.get(f"/v1/media/{sent['id']}", headers={"Prefer": "wait=30"}))
            if item["state"] in {"ready", "failed"}:
                break
        return str(sent["id"])

    done(
        api.post(
            "/v1/collections", json={"slug": "archive", "title": "House archive", "kind": "archive"}
        )
    )
    done(api.post("/v1/collections", json={"slug": "idents", "title": "Idents", "kind": "common"}))
    for number, clip in enumerate(footage[:2]):
        send(
            clip,
            collection="archive",
            title=f"March, roll {number + 1}",
            source_name="House camera",
        )
    about = {"source_name": "a channel", "source_kind": "handout", "claimed_place": "Kursk"}
    ids = {
        "viral": send(uploads["viral.mp4"], title="Viral: said to be from today", **about),
        "montage": send(uploads["montage.mp4"], title="Montage that is going round"),
        "still": send(uploads["still.jpg"], title="Still from a chat"),
        "flagged": send(uploads["new.mp4"], title="Two men in a cell", sensitivity="pow"),
        "purged": send(uploads["joke.jpg"], title="A mistake"),
    }
    matches = done(api.get(f"/v1/media/{ids['viral']}/matches"))["items"]
    ids["match"] = matches[0]["id"] if matches else ""
    record = f"/v1/media/{ids['viral']}/verification"
    taken = {"to": "in_review", "assignee": "Anna K.", "note": "Taking this case now."}
    done(api.post(f"{record}/transitions", json=taken, headers={"If-Match": "*"}))
    said = done(
        api.post(
            f"{record}/claims",
            json={"text": "Filmed this morning in Kursk.", "made_by": "a channel"},
        )
    )
    source = {"name": "Press office", "kind": "state_agency"}
    heard = {
        "about": "claim",
        "target_id": said["id"],
        "source": source,
        "stance": "refutes",
        "independence": "party",
    }
    done(api.post(f"{record}/corroborations", json=heard))
    done(
        api.post(
            f"{record}/findings",
            json={"pillar": "date", "verdict": "contradicted", "value": {"to": "2024-03-31"}},
        )
    )
    done(api.post(f"{record}/notes", json={"text": "Mirrored re-use of our March footage."}))
    handle_with_care(api, ids)
    return ids


def tell_and_follow(api: httpx2.Client, ids: dict[str, str], newsroom: str) -> None:
    """A receiver that takes what it is sent, one that is gone, and what is followed."""
    for url, events, description in (
        (newsroom, "match.*", "the newsroom's chat"),
        ("http://127.0.0.1:9/hook", "media.*", "the archive, which is gone"),
    ):
        made = {"url": url, "events": [events], "description": description}
        checked(api.post("/v1/webhooks", json=made))
    for followed in (
        {"name": "The viral clip", "media_id": ids["viral"]},
        {"name": "Anything from the house", "collection": "archive", "min_grade": "certain"},
    ):
        checked(api.post("/v1/subscriptions", json=followed))


def import_later(api: httpx2.Client, folder: Path, clip: Path) -> None:
    """Known material that comes after the uploads, so that they are told of it; and a file that fails."""
    archive = folder / "archive"
    archive.mkdir()
    shutil.copy(clip, archive / "April, roll 3.mp4")
    (archive / "torn.mp4").write_bytes(clip.read_bytes()[:2000])
    order = {"kind": "folder", "path": str(archive), "collection": "archive"}
    ordered = checked(api.post("/v1/imports", json=order)).json()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if api.get(f"/v1/imports/{ordered['id']}").json()["retro_matches"] is not None:
            return
        time.sleep(1)
    raise SystemExit("the import did not end")


def checked(answer: httpx2.Response) -> httpx2.Response:
    """The answer, unless it is a refusal: that ends the program, and is shown."""
    if answer.is_error:
        raise SystemExit(f"{answer.request.url}: {answer.text}")
    return answer


def handle_with_care(api: httpx2.Client, ids: dict[str, str]) -> None:
    """A hold, flags with their stretches, restricted words, something due, something purged."""
    flagged = f"/v1/media/{ids['flagged']}"
    flags = {
        "flags": ["pow", "distress"],
        "time_ranges": {"pow": [{"start_ms": 500, "end_ms": 4200}]},
        "reviewed": True,
    }
    due = {"retention_class": "void", "reason": "Sent twice by mistake."}
    proposed = {"authority": "data_subject", "reason": "Somebody who is shown asks for it."}
    purged = {"authority": "data_subject", "reason": "Somebody who is shown asked for it."}
    for method, path, body in (
        ("PUT", f"{flagged}/sensitivity", flags),
        ("PUT", f"{flagged}/restricted-terms", {"terms": ["Kim Chol-su", "AB 123456"]}),
        ("POST", "/v1/holds", {"media_id": ids["flagged"], "reason": "Asked for by a court."}),
        ("PUT", f"/v1/media/{ids['still']}/retention", due),
        ("POST", f"/v1/media/{ids['still']}/purge-proposal", proposed),
        ("POST", f"/v1/media/{ids['purged']}/purge", purged),
    ):
        checked(api.request(method, path, json=body))


def add_person(folder: Path) -> str:
    """Make an administrator; gives the link to set a password."""
    environment = clean_environment() | {"PROVENANCE_DATA_DIR": str(folder / "data")}
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "app",
            "people",
            "add",
            "anna",
            "--name",
            "Anna K.",
            "--role",
            "admin",
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    link = re.search(r"(/desk/\S+)", made.stdout)
    if link is None:
        raise SystemExit(f"no link to set a password: {made.stdout}")
    return link[1]


def sign_in(browser: Browser, address: str, link: str) -> Any:
    """The cookies of an administrator who has just set a password by the link for it."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(link)
    for field in page.locator("main input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.goto("/desk/sign-in")
    page.fill("[name=login]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    return context.storage_state()


def show(page: Page, name: str, path: str) -> None:
    """Write one page."""
    page.goto(path, wait_until="load")
    if path.startswith("/desk/matches/"):
        page.wait_for_selector('#compare[aria-busy="false"]')
    page.wait_for_timeout(700)
    page.screenshot(path=OUT / f"{name}.png", full_page=True)


def main() -> None:
    """Start, fill, show, end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("footage", nargs="+", type=Path, help="three clips or more")
    footage = [path.resolve() for path in parser.parse_args().footage]
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        sync_playwright() as playwright,
        Receiver().listening() as newsroom,
    ):
        folder = Path(name)
        uploads = make_uploads(footage, folder)
        desk, address, key = start(folder)
        try:
            headers = {"Authorization": f"Bearer {key}"}
            with httpx2.Client(
                base_url=address, headers=headers, timeout=120, trust_env=False
            ) as api:
                ids = fill(api, footage, uploads)
                tell_and_follow(api, ids, newsroom.address)
                import_later(api, folder, footage[2])
            browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
            state = sign_in(browser, address, add_person(folder))
            pages = {
                "queue": "/desk/",
                "item": f"/desk/media/{ids['montage']}",
                "flagged": f"/desk/media/{ids['flagged']}",
                "record": f"/desk/media/{ids['viral']}/record",
                "care": f"/desk/media/{ids['flagged']}/care",
                "history": f"/desk/media/{ids['viral']}/history",
                "purged": f"/desk/media/{ids['purged']}",
                "sign-in": "/desk/sign-in",
                "compare": f"/desk/matches/{ids['match']}",
                **{each: f"/desk/{each}" for each in PLAIN},
            }
            for width in WIDTHS:
                for scheme in SCHEMES:
                    context = browser.new_context(
                        base_url=address,
                        storage_state=state,
                        color_scheme=scheme,
                        viewport={"width": width, "height": 900},
                    )
                    page = context.new_page()
                    for title, path in pages.items():
                        show(page, f"{title}-{width}-{scheme}", path)
                    context.close()
            browser.close()
        finally:
            desk.send_signal(signal.SIGINT)
            desk.wait(60)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}")


if __name__ == "__main__":
    main()
