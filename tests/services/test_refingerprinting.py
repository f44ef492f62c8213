"""Two algorithms side by side, hashes alone and the models: nothing mixed, missed or told twice."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM
from app.bootstrap import Parts
from app.core.fingerprints.describe import Describers, default_describers
from app.core.media import MediaKind
from app.core.provenance.values import READER
from app.db.fingerprints import StoredFingerprint
from app.db.provenance import ProvenanceReading
from app.errors import StorageFull
from app.services import heartbeat, processing, purging, refingerprinting, rereading, upgrades
from app.services.bench import LocalBench
from app.services.heavy import BenchUnavailable, Made
from tests.filming import edit
from tests.records import PURGE, is_searched_as_known
from tests.services.unmounting import unmounted
from tests.uploads import upload


@pytest.fixture(scope="module")
def models() -> Describers:
    loaded = default_describers()
    assert loaded is not None
    return loaded


@pytest.fixture
def newer(bench: LocalBench, models: Describers) -> LocalBench:
    """A bench of another algorithm on the same desk."""
    return replace(bench, describers=models)


class Desk:
    """What the tests do and see at the desk."""

    def __init__(self, parts: Parts, client: TestClient) -> None:
        self.parts, self.client = parts, client

    def archive(self, bench: LocalBench, *clips: Path) -> list[str]:
        """Make clips known material."""
        body = {"slug": "archive", "title": "Archive", "kind": "archive"}
        assert self.client.post("/v1/collections", json=body).status_code == 201
        return [self.processed(bench, clip, collection="archive") for clip in clips]

    def processed(self, bench: LocalBench, clip: Path, **fields: str) -> str:
        answer = upload(self.client, clip.read_bytes(), clip.name, **fields)
        media_id: str = answer.json()["id"]
        processing.process(self.parts.database, bench, media_id)
        return media_id

    def matches(self, media_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/v1/media/{media_id}/matches").json()
        return found

    def alerts(self) -> int:
        return self._count("SELECT type FROM events")["match.found"]

    def algorithms(self, media_id: str) -> set[str]:
        with self.parts.database.read() as session:
            numbers = db.fingerprints.numbers_of(session, media_id)
            found = "SELECT algorithm FROM fingerprints WHERE number = :n"
            return {session.execute(sa.text(found), {"n": n}).scalar_one() for n in numbers}

    def known(self, media_id: str) -> set[str]:
        """The algorithms of the item's fingerprints that are known."""
        with self.parts.database.read() as session:
            numbers = db.fingerprints.numbers_of(session, media_id)
            known = [n for n in numbers if is_searched_as_known(session, n)]
            found = "SELECT algorithm FROM fingerprints WHERE number = :n"
            return {session.execute(sa.text(found), {"n": n}).scalar_one() for n in known}

    def worker(self, bench: LocalBench, name: str = "w") -> refingerprinting.Upgrader:
        return refingerprinting.Upgrader(
            self.parts.database, self.parts.blobs, bench.algorithm, name, heartbeat_timeout_s=60
        )

    def upgrade(self, bench: LocalBench) -> int:
        """Take every step there is; gives their number."""
        mine, steps = self.worker(bench), 0
        while refingerprinting.step(mine, bench):
            steps += 1
        assert not refingerprinting.has_work(mine)
        return steps

    def progress(self) -> upgrades.Upgrade:
        with self.parts.database.read() as session:
            return upgrades.progress(session)

    def _count(self, query: str) -> Counter[str]:
        with self.parts.database.read() as session:
            return Counter(session.scalars(sa.text(query)))


@pytest.fixture
def desk(parts: Parts, client: TestClient) -> Desk:
    return Desk(parts, client)


def test_what_could_not_be_compared_is_made_up_for(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    copy = desk.processed(newer, clips[1])
    assert desk.matches(copy)["items"] == []
    assert desk.matches(copy)["searched"]["known_items"] == 0
    assert desk.matches(copy)["searched"]["not_comparable"] == 1
    assert upgrades.outdated(desk.parts.database, newer.algorithm) == [known]
    assert upgrades.plan(desk.parts.database, newer.algorithm) == 1
    assert upgrades.plan(desk.parts.database, newer.algorithm) == 0
    now = desk.progress()
    assert (now.done, now.items, now.waiting) == (1, 2, 1)
    assert desk.known(known) == {bench.algorithm}

    mine = desk.worker(newer)
    assert refingerprinting.step(mine, newer)
    assert desk.algorithms(known) == {bench.algorithm, newer.algorithm}
    assert desk.known(known) == {newer.algorithm}
    assert desk.alerts() == 0

    assert refingerprinting.step(mine, newer)
    (match,) = desk.matches(copy)["items"]
    assert (match["known_media_id"], match["found"]) == (known, "recheck")
    assert desk.matches(copy)["searched"]["known_items"] == 1
    assert desk.matches(copy)["searched"]["not_comparable"] == 0
    assert desk.alerts() == 1
    assert desk.algorithms(known) == {bench.algorithm, newer.algorithm}

    assert refingerprinting.step(mine, newer)
    assert desk.algorithms(known) == {newer.algorithm}
    assert not refingerprinting.step(mine, newer)
    assert desk.progress().done == 2


def test_only_pairs_new_to_the_record_alert(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    second = edit(clips[0], tmp_path / "second.mp4", "-vf", "scale=280:-2")
    first, other = desk.archive(bench, clips[0], second)
    before = desk.alerts()
    assert upgrades.plan(desk.parts.database, newer.algorithm) == 2
    assert refingerprinting.step(desk.worker(newer), newer)
    copy = desk.processed(newer, clips[1])
    assert [each["known_media_id"] for each in desk.matches(copy)["items"]] == [first]
    assert desk.matches(copy)["searched"]["not_comparable"] == 1
    assert desk.alerts() == before + 1
    desk.upgrade(newer)
    found = {each["known_media_id"]: each["found"] for each in desk.matches(copy)["items"]}
    assert found == {first: "upload", other: "recheck"}
    assert desk.alerts() == before + 2
    # What was searched in full before is not searched again.
    assert desk.matches(other)["searched"]["known_items"] == 1
    assert desk.matches(other)["items"][0]["found"] == "upload"


def test_a_killed_worker_s_item_is_taken_over(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    upgrades.plan(desk.parts.database, newer.algorithm)

    class Dying(LocalBench):
        def fingerprint(self, *arguments: Any) -> Made:
            super().fingerprint(*arguments)
            raise KeyboardInterrupt

    killed = Dying(**{name: getattr(newer, name) for name in LocalBench.__slots__})
    heartbeat.beat(desk.parts.database, "killed", "here")
    with pytest.raises(KeyboardInterrupt):
        refingerprinting.step(desk.worker(newer, "killed"), killed)
    assert desk.known(known) == {bench.algorithm}
    survivor = desk.worker(newer, "survivor")
    # The other one may still be at it, as far as anybody knows.
    assert not refingerprinting.has_work(survivor)
    assert not refingerprinting.step(survivor, newer)
    heartbeat.sign_off(desk.parts.database, "killed", timeout_s=60)
    assert refingerprinting.has_work(survivor)
    assert desk.upgrade(newer) == 2
    assert desk.algorithms(known) == desk.known(known) == {newer.algorithm}


def test_files_that_are_gone_are_listed_and_hold_up_nothing(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    second = edit(clips[0], tmp_path / "second.mp4", "-vf", "scale=280:-2")
    lost, kept = desk.archive(bench, clips[0], second)
    copy = desk.processed(newer, clips[1])
    with desk.parts.database.read() as session:
        items = db.media.by_ids(session, [lost])
    place = desk.parts.blobs.path(items[lost].sha256)
    aside = place.rename(tmp_path / "aside")
    upgrades.plan(desk.parts.database, newer.algorithm)
    desk.upgrade(newer)
    now = desk.progress()
    assert (now.done, now.items, now.waiting) == (2, 3, 0)
    assert now.failures[lost]["code"] == "file_lost"
    assert desk.known(lost) == {bench.algorithm}
    assert desk.known(kept) == {newer.algorithm}
    assert desk.matches(copy)["searched"]["known_items"] == 1
    assert desk.matches(copy)["searched"]["not_comparable"] == 1
    # A worker that starts anew leaves it alone; somebody who has mended it asks again.
    assert upgrades.plan(desk.parts.database, newer.algorithm) == 0
    assert desk.upgrade(newer) == 0
    aside.rename(place)
    upgrades.try_failed_again(desk.parts.database, newer.algorithm)
    desk.upgrade(newer)
    assert desk.progress().failures == {}
    assert desk.matches(copy)["searched"]["not_comparable"] == 0
    assert {each["known_media_id"] for each in desk.matches(copy)["items"]} == {lost, kept}


class FullDisk(LocalBench):
    """A bench whose disk has no room for an item's pictures."""

    def fingerprint(self, *_arguments: Any) -> Made:
        raise StorageFull("The disk is full.")


def test_a_full_disk_fails_no_item(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    upgrades.plan(desk.parts.database, newer.algorithm)
    full = FullDisk(**{name: getattr(newer, name) for name in LocalBench.__slots__})
    with pytest.raises(StorageFull):
        refingerprinting.step(desk.worker(newer), full)
    assert desk.progress().failures == {}
    desk.upgrade(newer)
    assert desk.known(known) == {newer.algorithm}


def test_files_whose_disk_is_not_there_are_not_lost(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    (known,) = desk.archive(bench, clips[0])
    upgrades.plan(desk.parts.database, newer.algorithm)
    with unmounted(desk.parts, tmp_path), pytest.raises(BenchUnavailable):
        refingerprinting.step(desk.worker(newer), newer)
    assert desk.progress().failures == {}
    desk.upgrade(newer)
    assert desk.known(known) == {newer.algorithm}


def test_an_upgrade_can_be_taken_back_in_the_middle(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    upgrades.plan(desk.parts.database, newer.algorithm)
    refingerprinting.step(desk.worker(newer), newer)
    assert upgrades.plan(desk.parts.database, bench.algorithm) == 1
    desk.upgrade(bench)
    assert desk.algorithms(known) == desk.known(known) == {bench.algorithm}
    copy = desk.processed(bench, clips[1])
    assert [each["known_media_id"] for each in desk.matches(copy)["items"]] == [known]


def test_an_upgrade_that_is_taken_back_before_it_began_leaves_nothing_waiting(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    desk.archive(bench, *clips)
    assert upgrades.plan(desk.parts.database, newer.algorithm) == 2
    assert upgrades.plan(desk.parts.database, bench.algorithm) == 0
    assert desk.progress() == upgrades.Upgrade(items=2, waiting=0, failures={})


def test_an_item_deleted_in_the_middle_is_no_matter(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    upgrades.plan(desk.parts.database, newer.algorithm)
    assert desk.client.delete(f"/v1/media/{known}").status_code == 204
    assert desk.upgrade(newer) == 0
    assert desk.progress() == upgrades.Upgrade(items=0, waiting=0, failures={})


def test_what_the_file_is_read_as_now_is_said_of_the_item(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    read = _read_of(desk, known)
    with desk.parts.database.write() as session:
        earlier = {"kind": MediaKind.STILL, "duration_ms": 1, "width": 1, "height": None}
        session.execute(sa.update(db.media.Media).values(**earlier))
    upgrades.plan(desk.parts.database, newer.algorithm)
    desk.upgrade(newer)
    assert _read_of(desk, known) == read


def _read_of(desk: Desk, media_id: str) -> list[Any]:
    item = desk.client.get(f"/v1/media/{media_id}").json()
    return [item[name] for name in ("kind", "duration_ms", "width", "height")]


def test_a_purge_that_is_not_at_its_end_holds_up_no_upgrade(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    (known,) = desk.archive(bench, clips[0])
    copy = desk.processed(newer, clips[1])
    upgrades.plan(desk.parts.database, newer.algorithm)
    assert refingerprinting.step(desk.worker(newer), newer)
    keeping = PURGE.model_copy(update={"keep_fingerprint": True, "keep_reason": "An order."})
    with desk.parts.database.write() as session:
        purging.order(session, copy, keeping, SYSTEM)
    assert refingerprinting.step(desk.worker(newer), newer)
    assert desk.algorithms(known) == {newer.algorithm}
    assert not refingerprinting.step(desk.worker(newer), newer)


def test_an_item_whose_purge_stands_still_leaves_the_queue(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    purged, known = desk.archive(bench, *clips)
    upgrades.plan(desk.parts.database, newer.algorithm)
    with desk.parts.database.write() as session:
        purging.order(session, purged, PURGE, SYSTEM)
    mine = desk.worker(newer)
    for _ in range(2):
        refingerprinting.step(mine, newer)
    assert desk.known(known) == {newer.algorithm}
    assert desk.progress().waiting == 0


def test_what_says_its_origin_beside_an_unreadable_fingerprint_is_read_with_the_new_one(
    desk: Desk, bench: LocalBench, newer: LocalBench, clips: tuple[Path, Path]
) -> None:
    """After an update that changed how fingerprints are written, and the reader of provenance."""
    media_id, parts = desk.processed(bench, clips[0]), desk.parts
    with parts.database.write() as session:
        session.execute(sa.update(StoredFingerprint).values(encoded=b"of an earlier form"))
        session.execute(sa.update(ProvenanceReading).values(reader="an earlier one"))
    # One that remembers nothing of what it read.
    real = LocalBench(**{each.name: getattr(newer, each.name) for each in fields(LocalBench)})
    rereading.run(parts.database, parts.blobs, lambda: nullcontext(real))

    def is_current() -> bool:
        with parts.database.read() as session:
            return db.provenance.is_current(session, media_id, READER, revision=0)

    assert not is_current()
    upgrades.plan(parts.database, newer.algorithm)
    desk.upgrade(newer)
    assert is_current()
