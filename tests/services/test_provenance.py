"""Readings kept, told and made again: real signed clips, a real bench, rows of both engines."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.bootstrap import Parts
from app.core.media import DecodeLimits
from app.core.provenance.values import READER, Provenance, TrustList
from app.jobs import JobKind
from app.schemas.enums import EventType
from app.services import processing, provenance, rereading
from app.services.bench import LocalBench
from app.services.heavy import Bench, BenchUnavailable
from tests.filming import edit
from tests.signing import AI, Authority
from tests.uploads import upload


@pytest.fixture(scope="module")
def lab() -> Authority:
    return Authority.new("Lab")


@pytest.fixture(scope="module")
def signed(clips: tuple[Path, Path], lab: Authority) -> Path:
    return lab.sign(clips[0], clips[0].with_name("signed.mp4"), "video/mp4")


def _processed(
    parts: Parts, client: TestClient, bench: LocalBench, clip: Path, **fields: str
) -> str:
    media_id: str = upload(client, clip.read_bytes(), clip.name, **fields).json()["id"]
    processing.process(parts.database, bench, media_id)
    return media_id


def _read(client: TestClient, media_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/media/{media_id}/provenance")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _import(client: TestClient, authority: Authority) -> str:
    body = {"name": authority.name, "kind": "local", "pem": authority.root.decode()}
    answer = client.post("/v1/trust-lists", json=body)
    assert answer.status_code == 201, answer.text
    list_id: str = answer.json()["id"]
    return list_id


def _outdate(parts: Parts) -> None:
    """Let all that was read be of another reader."""
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE provenance_readings SET reader = '0'"))


def _promised(parts: Parts) -> list[str]:
    with parts.database.read() as session:
        wanted = sa.text("SELECT workflow_uuid FROM workflow_status ORDER BY created_at")
        if not parts.database.is_sqlite:
            wanted = sa.text("SELECT workflow_uuid FROM dbos.workflow_status ORDER BY created_at")
        found = session.scalars(wanted)
        return [each for each in found if each.startswith(JobKind.READ_AGAIN.value)]


def _change_jobs(parts: Parts, change: str) -> None:
    table = "workflow_status" if parts.database.is_sqlite else "dbos.workflow_status"
    with parts.database.write() as session:
        session.execute(sa.text(f"UPDATE {table} SET {change}"))


def _told(parts: Parts, kind: EventType = EventType.MEDIA_PROVENANCE_READ) -> list[dict[str, Any]]:
    with parts.database.read() as session:
        return [event.data for event in db.events.after(session, 0, 100, kind, None)]


def _read_again(parts: Parts, bench: LocalBench) -> None:
    rereading.run(parts.database, parts.blobs, lambda: nullcontext(bench))


def test_what_is_read_is_kept_and_told_once(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    media_id = _processed(parts, client, bench, signed)
    for _ in range(2):
        provenance.read(parts.database, bench, media_id)
    found = _read(client, media_id)
    assert found["c2pa"]["state"] == "valid_untrusted"
    assert found["c2pa"]["ai_disclosed"] is False
    assert found["c2pa"]["manifests"][0]["signer"]["name"] == "Lab signer"
    assert found["container"]["encoder"].startswith("Lav")
    assert found["container"]["sei"].startswith("x264 - core")
    assert found["container"]["times"] == "wiped"
    assert found["container"]["same_shape_items"] == 0
    assert found["hints"] == ["not camera-original", "creation time wiped"]
    store = client.get(found["links"]["manifest_store"])
    assert (store.status_code, store.headers["content-type"]) == (200, "application/c2pa")
    assert len(store.content) == found["c2pa"]["store"]["size_bytes"]
    [told] = _told(parts)
    assert told["c2pa"] == {"state": "valid_untrusted"}
    assert told["list"] == []
    assert told["metadata_flags"] == ["not_camera_original", "times_wiped"]
    # Nothing of it becomes a finding or a status.
    record = client.get(f"/v1/media/{media_id}/verification").json()
    assert (record["status"], record["version"]) == ("unreviewed", 1)


def test_another_trust_list_asks_for_attention_and_leaves_the_status(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path, lab: Authority
) -> None:
    media_id = _processed(parts, client, bench, signed)
    list_id = _import(client, lab)
    assert _promised(parts) == [f"{JobKind.READ_AGAIN.value}:lists-1:1"]
    _read_again(parts, bench)
    trusted = _read(client, media_id)["c2pa"]
    assert (trusted["state"], trusted["lists"]) == ("trusted", ["Lab"])
    assert trusted["trust_lists"][0]["name"] == "Lab"
    [asked] = _told(parts, EventType.ATTENTION_REQUIRED)
    assert asked["reasons"] == ["c2pa_trust_changed"]
    assert (asked["detail"]["from"], asked["detail"]["to"]) == ("valid_untrusted", "trusted")
    assert client.delete(f"/v1/trust-lists/{list_id}").status_code == 204
    assert len(_promised(parts)) == 2
    for _ in range(2):
        _read_again(parts, bench)
    assert _read(client, media_id)["c2pa"]["state"] == "valid_untrusted"
    assert len(_told(parts, EventType.ATTENTION_REQUIRED)) == 2
    assert [each["c2pa"]["state"] for each in _told(parts)] == [
        "valid_untrusted",
        "trusted",
        "valid_untrusted",
    ]
    assert client.get(f"/v1/media/{media_id}/verification").json()["status"] == "unreviewed"


class _Interrupted:
    """A bench during whose first reading an administrator imports a list."""

    def __init__(self, bench: LocalBench, change: Callable[[], object]) -> None:
        self._bench, self._change = bench, change
        self.readings = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bench, name)

    def read_provenance(
        self, media_id: str, sha256: str, lists: tuple[TrustList, ...]
    ) -> Provenance:
        found = self._bench.read_provenance(media_id, sha256, lists)
        self.readings += 1
        if self.readings == 1:
            self._change()
        return found


def test_a_list_that_comes_while_an_item_is_read_is_not_missed(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path, lab: Authority
) -> None:
    interrupted = _Interrupted(bench, lambda: _import(client, lab))
    media_id = upload(client, signed.read_bytes(), signed.name).json()["id"]
    provenance.read(parts.database, interrupted, media_id)
    assert _read(client, media_id)["c2pa"]["state"] == "trusted"
    assert interrupted.readings == 2
    assert len(_told(parts)) == 1


def test_an_item_that_cannot_be_shown_is_read_all_the_same(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    torn = signed.with_name("torn.mp4")
    torn.write_bytes(signed.read_bytes()[:20_000])
    media_id = _processed(parts, client, bench, torn)
    assert client.get(f"/v1/media/{media_id}").json()["state"] == "failed"
    assert _read(client, media_id)["c2pa"]["state"] in {"invalid", "error"}


def test_a_reader_without_time_leaves_an_error_and_the_item_ready(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    class Hurried(_Interrupted):
        def read_provenance(
            self, media_id: str, sha256: str, lists: tuple[TrustList, ...]
        ) -> Provenance:
            from dataclasses import replace

            short = replace(self._bench, limits=DecodeLimits(wall_s=0))
            return short.read_provenance(media_id, sha256, lists)

    media_id: str = upload(client, signed.read_bytes(), signed.name).json()["id"]
    processing.process(parts.database, Hurried(bench, lambda: None), media_id)
    assert client.get(f"/v1/media/{media_id}").json()["state"] == "ready"
    found = _read(client, media_id)
    assert found["c2pa"]["state"] == "error"
    assert found["c2pa"]["ai_disclosed"] is None
    assert set(found["failures"]) >= {"boxes", "mediainfo"}


def test_what_another_version_read_is_read_again(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    media_id = _processed(parts, client, bench, signed)
    rereading.plan(parts.database, parts.jobs)
    assert _promised(parts) == []
    _outdate(parts)
    for _ in range(2):
        rereading.plan(parts.database, parts.jobs)
    assert len(_promised(parts)) == 1
    _read_again(parts, bench)
    assert _read(client, media_id)["reader"] == READER


def test_items_whose_file_is_lost_do_not_stop_the_others(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path, clips: tuple[Path, Path]
) -> None:
    items = [_processed(parts, client, bench, clip) for clip in (signed, clips[1])]
    _outdate(parts)
    lost = min(items)
    sha256 = client.get(f"/v1/media/{lost}").json()["sha256"]
    parts.blobs.path(sha256).unlink()
    _read_again(parts, bench)
    assert {media_id: _read(client, media_id)["reader"] for media_id in items} == {
        lost: "0",
        max(items): READER,
    }


def test_an_item_that_fails_does_not_stop_the_others(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path, clips: tuple[Path, Path]
) -> None:
    items = [_processed(parts, client, bench, clip) for clip in (signed, clips[1])]
    _outdate(parts)
    sha256 = client.get(f"/v1/media/{min(items)}").json()["sha256"]
    parts.blobs.path(sha256).unlink()
    parts.blobs.path(sha256).mkdir()
    _read_again(parts, bench)
    assert _read(client, max(items))["reader"] == READER


def test_what_keeps_all_items_from_being_read_is_told(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    class Gone:
        def read_provenance(self, *_: object) -> Provenance:
            raise BenchUnavailable

    _processed(parts, client, bench, signed)
    _outdate(parts)
    with pytest.raises(BenchUnavailable):
        rereading.run(parts.database, parts.blobs, lambda: nullcontext(cast(Bench, Gone())))


def test_a_start_begins_anew_when_an_earlier_reading_left_some(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    _processed(parts, client, bench, signed)
    _outdate(parts)
    rereading.plan(parts.database, parts.jobs)
    for change in ("status = 'SUCCESS'", "recovery_attempts = 5, status = 'PENDING'"):
        before = len(_promised(parts))
        _change_jobs(parts, change)
        for _ in range(2):
            rereading.plan(parts.database, parts.jobs)
        assert len(_promised(parts)) == before + 1


def test_an_unsigned_copy_shows_the_credentials_of_what_it_matches(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path], lab: Authority
) -> None:
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201
    made = lab.sign(clips[0], clips[0].with_name("made.mp4"), "video/mp4", source_type=AI)
    known = _processed(parts, client, bench, made, collection="archive")
    copy = _processed(parts, client, bench, clips[1])
    found = _read(client, copy)
    assert found["c2pa"]["state"] == "none"
    [similar] = found["credentials_by_similarity"]
    assert (similar["known_media_id"], similar["state"]) == (known, "valid_untrusted")
    assert similar["signer"]["organisation"] == "Lab"
    assert "not bound to this file" in similar["text"]
    assert _read(client, known)["credentials_by_similarity"] == []
    decided = {"decision": "rejected"}
    review = client.post(f"/v1/matches/{similar['match_id']}/review", json=decided)
    assert review.status_code == 200
    assert _read(client, copy)["credentials_by_similarity"] == []


def test_a_place_is_withheld_from_those_who_may_not_see_it(
    parts: Parts,
    client_as: Callable[[Role], TestClient],
    bench: LocalBench,
    clips: tuple[Path, Path],
) -> None:
    place = clips[0].with_name("place.mp4")
    edit(clips[0], place, "-c", "copy", "-metadata", "location=+50.4501+030.5234/")
    verifier, viewer = client_as(Role.VERIFIER), client_as(Role.VIEWER)
    media_id = _processed(parts, verifier, bench, place)
    seen = [each for each in _read(verifier, media_id)["metadata"] if each["sensitive"]]
    assert any("50.4501" in each["value"] for each in seen)
    hidden = _read(viewer, media_id)
    withheld = [each for each in hidden["metadata"] if each["sensitive"]]
    assert len(withheld) == len(seen)
    assert all(each["withheld"] and each["value"] is None for each in withheld)
    assert "50.4501" not in str(hidden)
    assert "says where it was made" in hidden["hints"]
