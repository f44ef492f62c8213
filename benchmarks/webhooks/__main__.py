"""2,000 events to 20 endpoints, three dead, one slow, while processes are killed every 30 s.

    python -m benchmarks.webhooks [--events N] [--a-second N] [--database-url URL] [--json]

A whole desk of real processes; the events are notes, written over its API at a steady pace. Each
30 s the sender is killed, and by turns a job worker or the API with it. Prints how many deliveries a
second arrived, the live endpoints' delay from event to arrival, and what was lost (nothing may be),
came twice (a receiver drops it by its id), or could not be put in order.
"""

import argparse
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.desk import PATIENCE_S, ROOT, members, running, wait
from tests.filming import film

KILL_EVERY_S = 30.0
_KILLED = ("workers.webhook_sender", "workers.job_worker"), ("workers.webhook_sender", "serve")


class _Client:
    """The API for somebody who sends a request again until it is answered."""

    def __init__(self, port: int, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30, trust_env=False
        )

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """Give the answer's JSON."""
        headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": "*"}
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self._client.request(method, path, headers=headers, **given)
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return answer.json()
            except httpx2.TransportError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.1)


def main() -> None:
    """Measure once and print it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=2000)
    asked.add_argument("--a-second", type=float, default=10.0)
    asked.add_argument("--database-url", default="", help="An empty PostgreSQL database.")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.events, given.a_second, given.database_url)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{name.replace('_', ' '):>32}  {value}")


def measure(folder: Path, events: int, a_second: float, database_url: str) -> dict[str, Any]:
    """Run desk and receivers, write the events, kill, wait until the live endpoints have all."""
    log = folder / "arrivals"
    more = {"PROVENANCE_WEBHOOK_ALLOW_PRIVATE": "true", "DATABASE_URL": database_url}
    with _receivers(log) as urls, running(folder, **more) as (desk, _):
        desk.close()
        port, token = desk.port, desk.token
        client = _Client(port, token)
        clip = film(folder / "clip.mp4", seconds=1, shots=1, audio=False)
        files = {"file": (clip.name, clip.read_bytes())}
        path = f"/v1/media/{client.ask('POST', '/v1/media', files=files)['id']}"
        wait(lambda: client.ask("GET", path)["state"] == "ready")
        ids = {
            name: client.ask("POST", "/v1/webhooks", json={"url": url, "events": ["note.*"]})["id"]
            for name, url in urls.items()
        }
        started = time.monotonic()
        kills = _write(client, f"{path}/verification/notes", events, a_second, folder)
        written_s = time.monotonic() - started
        live = {name for name in urls if name.startswith("live")}
        wait(lambda: all(len(_arrived(log)[name]) >= events for name in live))
        took_s = time.monotonic() - started
        expected = _told(client)
        kept = {name: _kept(client, ids[name]) for name in urls}
    return {
        "events": len(expected),
        "endpoints": len(urls),
        "database": database_url.partition(":")[0] or "sqlite",
        "writing_s": round(written_s, 1),
        "kills": kills,
        **_judged(log, expected, live, took_s),
        "not_promised_at_all": sum(len(set(expected) - had) for had in kept.values()),
    }


def _judged(log: Path, expected: dict[str, int], live: set[str], took_s: float) -> dict[str, Any]:
    """What arrived at the live endpoints, and how late."""
    first: list[float] = []
    came = duplicates = lost = disorderly = everywhere = 0
    lines = [line.split() for line in log.read_text().splitlines()]
    everywhere = len(lines)
    for name in sorted(live):
        seen: dict[str, tuple[int, float]] = {}
        for _, event_id, seq, late_s in (line for line in lines if line[0] == name):
            came += 1
            duplicates += event_id in seen
            seen.setdefault(event_id, (int(seq), float(late_s)))
        first += [late_s for _, late_s in seen.values()]
        lost += len(expected.keys() - seen.keys())
        ordered = sorted(seen, key=lambda event_id: seen[event_id][0])
        disorderly += ordered != [each for each in expected if each in seen]
    return {
        "deliveries": everywhere,
        "deliveries_a_second": round(everywhere / took_s, 1),
        "live_median_delay_s": round(statistics.median(first), 3),
        "live_95_percent_delay_s": round(statistics.quantiles(first, n=20)[-1], 3),
        "live_longest_delay_s": round(max(first), 3),
        "lost": lost,
        "duplicates": duplicates,
        "endpoints_without_recoverable_order": disorderly,
    }


def _write(client: _Client, path: str, events: int, a_second: float, folder: Path) -> int:
    """Write the notes at a steady pace and kill meanwhile; gives how many processes were killed."""
    killed, turns = 0, itertools.cycle(_KILLED)
    started = time.monotonic()
    kill_at = started + KILL_EVERY_S
    for number in range(events):
        time.sleep(max(0.0, started + number / a_second - time.monotonic()))
        client.ask("POST", path, json={"text": f"note {number}"})
        if time.monotonic() >= kill_at:
            kill_at += KILL_EVERY_S
            for module in next(turns):
                for pid in members(folder, module):
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
    return killed


def _arrived(log: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in log.read_text().splitlines():
        name, event_id, *_ = line.split()
        found[name].add(event_id)
    return found


def _told(client: _Client) -> dict[str, int]:
    """Every note's event by the feed, id and number, in order."""
    found: dict[str, int] = {}
    after: str | None = "0"
    while after is not None:
        asked = {"after": after, "limit": 200, "type": "note.added"}
        page = client.ask("GET", "/v1/events", params=asked)
        found |= {item["data"]["id"]: item["seq"] for item in page["items"]}
        after = page["next"]
    return found


def _kept(client: _Client, endpoint_id: str) -> set[str]:
    """The events that are promised to an endpoint: delivered, or waiting to be."""
    found: set[str] = set()
    cursor: str | None = None
    while True:
        asked = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        page = client.ask("GET", f"/v1/webhooks/{endpoint_id}/deliveries", params=asked)
        found |= {each["event_id"] for each in page["items"] if each["state"] != "dead"}
        cursor = page["next"]
        if cursor is None:
            return found


@contextmanager
def _receivers(log: Path) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "benchmarks.webhooks.receivers", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    main()
