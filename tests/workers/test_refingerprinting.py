"""A desk that is started with another algorithm brings what it has to it, `kill -9` or not."""

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from app import db
from app.bootstrap import Parts
from app.core.media import DecodeLimits
from app.schemas.enums import MediaState
from app.services.bench import LocalBench
from app.services.index_client import IndexClient
from tests.desks import arrive
from tests.filming import film
from tests.workers.desk import Desk

PATIENCE_S = 180.0
ITEMS = 6
VICTIMS = ("forkserver", "workers.job_worker")


def _wait(desk: Desk, condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, desk.log[-3000:]
        time.sleep(0.1)


def _upgrade(client: httpx2.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/readyz").json()["refingerprinting"]
    return found


def _process_without_models(parts: Parts, clip: Path) -> None:
    """Bring an item to its end as a worker does that knows pictures by their hashes alone."""
    content = clip.read_bytes()
    media_id = arrive(parts, content, clip.name)
    index = IndexClient(parts.settings.run_dir, patience_s=0)
    bench = LocalBench(parts.database, parts.blobs, index, None, DecodeLimits(), clip.parent)
    sha256 = hashlib.sha256(content).hexdigest()
    made = bench.fingerprint(media_id, sha256, lambda _share: None)
    fingerprint = db.fingerprints.StoredFingerprint(
        media_id=media_id,
        algorithm=made.algorithm,
        frames=made.frames,
        encoded=made.encoded.read_bytes(),
    )
    with parts.database.write() as session:
        db.media.lock(session, media_id).state = MediaState.READY
        session.add(fingerprint)


@pytest.fixture
def after(parts: Parts, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(parts.settings, tmp_path, with_model=True)
    yield desk
    desk.close()


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_new_algorithm_reaches_every_item_through_kills(
    after: Desk, parts: Parts, tmp_path: Path
) -> None:
    for seed in range(ITEMS):
        clip = film(tmp_path / f"{seed}.mp4", seconds=1, seed=seed, audio=False)
        _process_without_models(parts, clip)
    assert _algorithms(parts) == {False: ITEMS}

    after.start()
    after.wait_until_ready()
    with after.client() as client:
        killed = {_kill_in_the_middle(after, parts, module) for module in VICTIMS}
        assert len(killed) == len(VICTIMS)
        _wait(after, lambda: _algorithms(parts) == {True: ITEMS})
        _wait(after, lambda: _upgrade(client) == {"done": ITEMS, "of": ITEMS, "failed": 0})
        assert "provenance_refingerprints_waiting 0.0" in client.get("/metrics").text
    assert after.stop() == 0
    assert after.members() == []


def _kill_in_the_middle(desk: Desk, parts: Parts, module: str) -> int:
    """Kill the youngest process of a module once another item is done, while others wait."""
    before = _waiting(parts)
    _wait(desk, lambda: _waiting(parts) < before)
    killed = desk.kill_one(module, which=-1)
    assert _waiting(parts), "the work was over before the kill"
    return killed


def _waiting(parts: Parts) -> int:
    """How many items have no fingerprint of the new algorithm yet."""
    return ITEMS - _algorithms(parts).get(True, 0)


def _algorithms(parts: Parts) -> dict[bool, int]:
    """How many fingerprints are there with a model, and how many without."""
    with parts.database.read() as session:
        found = session.scalars(sa.text("SELECT algorithm FROM fingerprints")).all()
    with_model = ["none" not in algorithm for algorithm in found]
    return {each: with_model.count(each) for each in set(with_model)}
