"""`kill -9` at random moments while files come in: what was acknowledged ends once, and well."""

import io
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from app.bootstrap import Parts
from tests.filming import film
from tests.workers.desk import Desk

SEED = 20_260_112
UPLOADS = 50
KILLS = 6
VICTIMS = ("app serve", "workers.job_worker", "workers.index_process", "forkserver", "supervisor")
PAUSE_S = (0.3, 2.0)
PATIENCE_S = 200.0
LOSE_EACH = 7


@pytest.fixture
def desk(parts: Parts, tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(parts.settings, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("clip")
    return film(folder / "clip.mp4", seconds=5, size=(160, 120), audio=False).read_bytes()


def _content(number: int, clip: bytes) -> bytes:
    """A still of its own or, each tenth time, the clip with a mark at its end."""
    return _still(number) if number % 10 else clip + b"\0\0\0\x0cfree" + number.to_bytes(4)


def _still(number: int) -> bytes:
    """A picture of its own: coarse blocks from a seed."""
    noise = np.random.default_rng(SEED + number).integers(0, 255, (6, 8, 3), np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).resize((160, 120)).save(target, "JPEG")
    return target.getvalue()


def _upload_until_acknowledged(desk: Desk, number: int, content: bytes) -> str:
    """Send one request until its answer is read; of some uploads the first answer is lost.

    A kill may come between the commit and the answer: only the key makes the two sendings one.
    """
    headers = {"Idempotency-Key": f"upload {number}"}
    to_lose = number % LOSE_EACH == 0
    until = time.monotonic() + PATIENCE_S
    with desk.client() as client:
        while time.monotonic() < until:
            try:
                answer = client.post(
                    "/v1/media",
                    files={"file": (str(number), content)},
                    data={"collection": "archive"},
                    headers=headers,
                )
            except httpx2.TransportError:
                time.sleep(0.2)
                continue
            assert answer.status_code == 202, answer.text
            if to_lose:
                to_lose = False
                continue
            media_id: str = answer.json()["id"]
            return media_id
    raise AssertionError(f"upload {number} was never acknowledged: {desk.log[-3000:]}")


def _kill_at_random(desk: Desk, chance: random.Random, done: threading.Event) -> dict[int, str]:
    """What was killed, by the ids of the processes."""
    killed = {}
    for _ in range(KILLS):
        done.wait(chance.uniform(*PAUSE_S))
        victim = chance.choice(VICTIMS)
        if victim == "supervisor":
            killed[desk.kill_supervisor()] = victim
            desk.start()
        else:
            killed[desk.kill_one(victim.replace(" ", "\0"))] = victim
    return killed


def _wait_for_all(desk: Desk, ids: set[str]) -> Counter[str]:
    until = time.monotonic() + PATIENCE_S
    states: dict[str, str] = {}
    with desk.client() as client:
        while time.monotonic() < until:
            for media_id in ids:
                if states.get(media_id) not in {"ready", "failed"}:
                    states[media_id] = _state(client, media_id)
            if set(states.values()) <= {"ready", "failed"}:
                return Counter(states.values())
            time.sleep(0.5)
    raise AssertionError(f"stuck: {Counter(states.values())}; {desk.log[-3000:]}")


def _state(client: httpx2.Client, media_id: str) -> str:
    try:
        state: str = client.get(f"/v1/media/{media_id}").json()["state"]
    except httpx2.TransportError:
        return "unknown"
    return state


@pytest.mark.long
@pytest.mark.timeout(480)
def test_every_acknowledged_upload_ends_once(desk: Desk, parts: Parts, clip: bytes) -> None:
    chance = random.Random(SEED)
    desk.start()
    desk.wait_until_ready()
    with desk.client() as client:
        body = {"slug": "archive", "title": "Archive", "kind": "archive"}
        assert client.post("/v1/collections", json=body).status_code == 201
    ids: list[str] = []
    done = threading.Event()

    def upload() -> None:
        contents = enumerate(_content(number, clip) for number in range(UPLOADS))
        ids.extend(_upload_until_acknowledged(desk, *each) for each in contents)
        done.set()

    uploader = threading.Thread(target=upload, daemon=True)
    uploader.start()
    killed = _kill_at_random(desk, chance, done)
    uploader.join()
    assert len(killed) == KILLS, killed
    assert len(set(ids)) == UPLOADS
    states = _wait_for_all(desk, set(ids))
    assert states["ready"] == UPLOADS, (states, killed)
    _each_once(parts)
    assert desk.stop() == 0
    assert desk.members() == []


def _each_once(parts: Parts) -> None:
    with parts.database.read() as session:
        events = session.execute(sa.text("SELECT type, count(*) FROM events GROUP BY type"))
        counted = dict(events.all())
        receipts = session.scalar(sa.text("SELECT count(*) FROM receipts"))
        fingerprints = session.scalar(sa.text("SELECT count(*) FROM fingerprints"))
        distinct = session.scalar(sa.text("SELECT count(DISTINCT media_id) FROM events"))
        preliminary = session.scalar(sa.text("SELECT count(*) FROM matches WHERE preliminary"))
        alerting = session.execute(
            sa.text("SELECT query_media_id, known_media_id FROM matches WHERE grade != 'lead'")
        )
        pairs = {frozenset(pair) for pair in alerting}
    assert preliminary == 0
    alerted = counted["match.found"] + counted.get("match.found_retroactively", 0)
    assert 0 < alerted == len(pairs)
    assert counted["media.received"] == receipts == UPLOADS
    assert counted["media.fingerprinted"] == fingerprints == UPLOADS
    assert "media.failed" not in counted
    assert distinct == UPLOADS
