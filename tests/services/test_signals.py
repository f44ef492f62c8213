"""Items and lists, whichever comes first, become signals once, with real rows of both engines."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM, Role
from app.bootstrap import Parts
from app.db.fingerprints import StoredFingerprint
from app.db.item_hashes import ItemHashes
from app.schemas.enums import CollectionKind
from app.services import collections, item_hashes, shredding, signal_watch, signals
from app.services.heavy import BenchUnavailable
from app.services.listed_table import ListedTable
from tests import desks
from tests.listing import (
    add_hashed,
    hashes_of,
    hold_files,
    make_list,
    near_to,
    send,
    store,
    watch_of,
)
from tests.meanwhile import meanwhile, take_turn
from tests.records import PURGE, actor_of, add_item
from tests.services.unmounting import unmounted
from tests.uploads import fingerprint


def signals_of(client: TestClient, media_id: str) -> list[dict[str, Any]]:
    page = client.get(f"/v1/media/{media_id}/signals")
    assert page.status_code == 200, page.text
    found: list[dict[str, Any]] = page.json()["items"]
    return found


def events(client: TestClient, kind: str) -> list[dict[str, Any]]:
    page = client.get("/v1/events", params={"after": 0, "limit": 200, "type": kind}).json()
    return [each["data"] for each in page["items"]]


def frame_lines(seed: int, frames: int, bits: int) -> str:
    near = near_to(hashes_of(seed, frames), bits)
    return "\n".join(f"{row},90,{digits},{row}.0" for row, digits in enumerate(near))


def test_a_new_list_is_compared_with_earlier_items_and_told_once(
    parts: Parts, client: TestClient
) -> None:
    watch = watch_of(parts)
    with parts.database.write() as session:
        like, unlike = add_hashed(session, 1), add_hashed(session, 2)
    assert client.get(f"/v1/media/{like}/signals").json()["checked"] is None
    assert watch.catch_up() == 0
    assert client.get(f"/v1/media/{like}/signals").json()["checked"] is not None
    make_list(client, source_name="A partner", opinion="misleading")
    send(
        client, f"{near_to(hashes_of(1), 31)[2]},80,seen in 2023\n{near_to(hashes_of(2), 32)[0]},80"
    )
    assert watch.catch_up() == 1
    [signal] = signals_of(client, like)
    assert signals_of(client, unlike) == []
    told = (signal["list"], signal["kind"], signal["distance"], signal["query_ms"])
    assert told == ("flagged", "pdq", 31, 2000)
    assert (signal["label"], signal["opinion"]) == ("seen in 2023", "misleading")
    [event] = events(client, "signal.found")
    assert (event["media_id"], event["signal_id"]) == (like, signal["id"])
    assert event["opinion"] == "misleading"
    [feed] = events(client, "feed.received")
    assert (feed["feed"], feed["signals_n"], feed["matches_n"]) == ("flagged", 2, 1)
    assert client.get(f"/v1/media/{like}/verification").json()["status"] == "unreviewed"
    assert client.get(f"/v1/media/{like}/matches").json()["items"] == []

    assert watch_of(parts).catch_up() == 0, "a second worker, or a restart"
    assert len(events(client, "signal.found")) == len(events(client, "feed.received")) == 1


def test_a_new_item_is_compared_with_earlier_lists(parts: Parts, client: TestClient) -> None:
    make_list(client)
    media_id = desks.arrive(parts, b"some content" * 99)
    digests = [hashlib.new(name, b"some content" * 99).hexdigest() for name in ("md5", "sha1")]
    send(client, "\n".join([*digests, frame_lines(3, 5, 10)]), video="their clip")
    with parts.database.write() as session:
        store(session, media_id, fingerprint(3, 5))
    assert watch_of(parts).catch_up() == 3
    found = {each["kind"]: each for each in signals_of(client, media_id)}
    assert set(found) == {"md5", "sha1", "vpdq"}
    assert found["md5"]["entry"] == digests[0]
    assert found["md5"]["distance"] is None
    video = found["vpdq"]
    assert (video["entry"], video["distance"]) == ("their clip", 10)
    assert (video["query_share"], video["listed_share"]) == (100.0, 100.0)


def test_a_new_item_is_compared_without_a_look_at_all_others(
    parts: Parts, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compared() -> list[bool]:
        with parts.database.read() as session:
            kept = (db.item_hashes.of_media(session, each) for each in (earlier, new))
            return [each is not None and each.checked_until is not None for each in kept]

    watch = watch_of(parts)
    with parts.database.write() as session:
        earlier = add_hashed(session, 1)
    watch.look()
    with parts.database.write() as session:
        new = add_hashed(session, 2)
        session.execute(sa.update(ItemHashes).values(checked_until=None))
    watch.look()
    assert compared() == [False, True]
    monkeypatch.setattr(signal_watch, "ANYWAY_EVERY_S", 0)
    watch.look()
    assert compared() == [True, True]
    make_list(client)
    send(client, f"{hashes_of(1)[0].tobytes().hex()},80")
    monkeypatch.setattr(signal_watch, "ANYWAY_EVERY_S", 1000)
    watch.look()
    assert len(signals_of(client, earlier)) == 1


def test_files_whose_disk_is_not_there_are_waited_for(
    parts: Parts, client: TestClient, tmp_path: Path
) -> None:
    make_list(client)
    media_id = desks.arrive(parts, b"some content" * 99)
    send(client, hashlib.md5(b"some content" * 99, usedforsecurity=False).hexdigest())
    with parts.database.write() as session:
        store(session, media_id, fingerprint(3, 5))
    watch = watch_of(parts)
    with unmounted(parts, tmp_path), pytest.raises(BenchUnavailable):
        watch.catch_up()
    assert events(client, "feed.received") == []
    assert watch.catch_up() == 1


def test_an_item_that_cannot_be_compared_keeps_no_list_from_being_told_of(
    parts: Parts, client: TestClient
) -> None:
    with parts.database.write() as session:
        broken, like = add_item(session), add_hashed(session, 1)
        session.add(
            StoredFingerprint(media_id=broken, algorithm="none", frames=1, encoded=b"damaged")
        )
    make_list(client)
    send(client, f"{hashes_of(1)[0].tobytes().hex()},80")
    watch = watch_of(parts)
    assert watch.catch_up() == 1
    assert [each["matches_n"] for each in events(client, "feed.received")] == [1]
    assert len(signals_of(client, like)) == 1


def test_videos_need_most_of_one_side(parts: Parts, client: TestClient) -> None:
    make_list(client)
    send(client, frame_lines(4, 10, 5), video="whole")
    # Half of the listed video and as much else; then a longer one that has all of it.
    half = np.concatenate([hashes_of(4, 10)[:5], hashes_of(5, 5)])
    longer = np.concatenate([hashes_of(4, 10), hashes_of(6, 30)])
    with parts.database.write() as session:
        some = add_hashed(session, 4, 10, pdq=half)
        most = add_hashed(session, 4, 40, pdq=longer)
    watch_of(parts).catch_up()
    assert signals_of(client, some) == []
    [found] = signals_of(client, most)
    assert (found["query_share"], found["listed_share"]) == (25.0, 100.0)


def test_a_video_whose_frames_come_in_two_texts_is_compared_as_one(
    parts: Parts, client: TestClient
) -> None:
    watch = watch_of(parts)
    make_list(client)
    with parts.database.write() as session:
        mixed = np.concatenate([hashes_of(7, 4), hashes_of(8, 20)])
        media_id = add_hashed(session, 7, 24, pdq=mixed)
    first, *rest = frame_lines(7, 10, 0).splitlines()
    send(client, first, video="v")
    watch.catch_up()
    assert [each["listed_share"] for each in signals_of(client, media_id)] == [100.0]
    with parts.database.write() as session:
        other = add_hashed(session, 7, 24, pdq=mixed)
    send(client, "\n".join(rest), video="v")
    watch.catch_up()
    assert signals_of(client, other) == [], "four of ten frames"


def test_flat_poor_and_common_frames_raise_nothing(parts: Parts, client: TestClient) -> None:
    make_list(client)
    send(client, "\n".join(f"{digits},90" for digits in near_to(hashes_of(9, 3), 0)))
    with parts.database.write() as session:
        actor = actor_of(Role.ADMIN)
        usual = collections.create(session, "idents", "Idents", CollectionKind.COMMON, actor)
        ident = add_hashed(session, 9, 3, pdq_quality=np.array([90, 20, 90], np.uint8))
        collections.add(session, usual, ident, actor)
        votes = np.array([False, True, False])
        qualities = np.array([90, 40, 90], np.uint8)
        flat = add_hashed(session, 9, 3, votes=votes, pdq_quality=qualities)
    watch = watch_of(parts)
    watch.catch_up()
    with parts.database.write() as session:
        # What the ident shows too is frames 0 and 2; frame 1 of it is of too poor a quality.
        with_ident = add_hashed(session, 9, 3)
    watch.catch_up()
    assert signals_of(client, flat) == []
    assert [each["query_ms"] for each in signals_of(client, with_ident)] == [1000]


def test_what_is_taken_back_while_an_item_is_compared_raises_nothing(
    parts: Parts, client: TestClient
) -> None:
    make_list(client)
    send(client, frame_lines(1, 5, 0), video="theirs")
    with parts.database.write() as session:
        media_id = add_hashed(session, 1)
    hold_files(parts)
    table = ListedTable(parts.database)
    assert item_hashes.take(parts.database, parts.blobs, media_id)

    with parts.database.write() as session:
        take_turn(session)
        found = meanwhile(lambda: signals.check(parts.database, parts.blobs, table, media_id))
        withdrawn = {"withdrawn_at": db.now()}
        session.execute(sa.update(db.listed_hashes.ListedHash).values(withdrawn))

    assert found.result(30) == 0
    assert signals_of(client, media_id) == []
    assert events(client, "signal.found") == []
    assert client.get(f"/v1/media/{media_id}/signals").json()["checked"] is not None


def test_a_purged_item_leaves_no_hashes_and_no_signals(parts: Parts, client: TestClient) -> None:
    make_list(client)
    send(client, f"{near_to(hashes_of(1), 0)[0]},90")
    with parts.database.write() as session:
        media_id = add_hashed(session, 1)
    watch = watch_of(parts)
    watch.catch_up()
    assert signals_of(client, media_id)
    shredder = shredding.Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, media_id, PURGE, SYSTEM)
    watch.catch_up()
    assert client.get(f"/v1/media/{media_id}/signals").status_code == 410
    with parts.database.read() as session:
        for table in ("signals", "item_hashes"):
            assert session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0


def test_the_chain_vouches_for_lists(parts: Parts, client: TestClient) -> None:
    make_list(client)
    send(client, f"{near_to(hashes_of(1), 0)[0]},90")
    watch_of(parts).catch_up()
    assert client.get("/v1/audit/verify").json()["ok"] is True
    with parts.database.write() as session:
        session.execute(sa.update(db.hash_lists.HashList).values(opinion="verified"))
    assert client.get("/v1/audit/verify").json()["ok"] is False
