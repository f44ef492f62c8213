"""From received to ready or failed with real decoding, a real index and rows of both engines."""

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.bootstrap import Parts
from app.core.fingerprints.describe import shared_describers
from app.services import processing
from app.services.bench import LocalBench
from tests.filming import edit, ffmpeg, film


def _upload(client: TestClient, content: bytes, collection: str | None = None) -> str:
    data = {"collection": collection} if collection else {}
    answer = client.post("/v1/media", files={"file": ("clip.mp4", content)}, data=data)
    assert answer.status_code == 202, answer.text
    media_id: str = answer.json()["id"]
    return media_id


def _known(client: TestClient, kind: str) -> None:
    made = client.post("/v1/collections", json={"slug": kind, "title": kind, "kind": kind})
    assert made.status_code == 201, made.text


def _events(parts: Parts) -> Counter[str]:
    with parts.database.read() as session:
        return Counter(session.scalars(sa.text("SELECT type FROM events")))


def test_a_sound_that_cannot_be_read_is_told(
    parts: Parts, client: TestClient, bench: LocalBench, tmp_path: Path
) -> None:
    clip, copied = film(tmp_path / "clip.mp4", seconds=5, shots=2), tmp_path / "copied.mkv"
    ffmpeg("-i", clip, "-c", "copy", copied)
    unknown = copied.read_bytes().replace(b"A_AAC", b"A_XYZ")
    for content in (clip.read_bytes(), unknown):
        processing.process(parts.database, bench, _upload(client, content))
    listed = client.get("/v1/events").json()["items"]
    made = [each["data"] for each in listed if each["type"] == "media.fingerprinted"]
    assert [each["warnings"] for each in made] == [[], ["sound_unknown"]]


def test_run_twice_it_leaves_everything_once(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    _known(client, "archive")
    known = _upload(client, clips[0].read_bytes(), "archive")
    processing.process(parts.database, bench, known)
    copy = _upload(client, clips[1].read_bytes())
    runs = [
        threading.Thread(target=processing.process, args=(parts.database, bench, copy))
        for _ in range(2)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    processing.process(parts.database, bench, copy)
    assert client.get(f"/v1/media/{copy}").json()["state"] == "ready"
    found = client.get(f"/v1/media/{copy}/matches").json()
    assert [item["known_media_id"] for item in found["items"]] == [known]
    assert found["searched"]["known_items"] == 1
    counted = _events(parts)
    assert counted["media.fingerprinted"] == 2
    assert counted["match.found"] == 1
    assert counted["media.failed"] == 0
    with parts.database.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM fingerprints")) == 2
    assert not list(bench.work_folder.glob("*.fingerprint"))


def test_people_are_shown_the_pictures_that_a_match_was_proven_on(
    parts: Parts, client: TestClient, bench: LocalBench, tmp_path: Path
) -> None:
    bench = replace(bench, describers=shared_describers())
    clip = film(tmp_path / "clip.mp4", seconds=5, seed=3, shots=4)
    _known(client, "archive")
    known = _upload(client, clip.read_bytes(), "archive")
    processing.process(parts.database, bench, known)
    # A third of a second in: none of its frames is at the moment of a sampled one.
    late = edit(clip, tmp_path / "late.mp4", "-ss", "0.35", "-t", "4")
    copy = _upload(client, late.read_bytes())
    processing.process(parts.database, bench, copy)
    [match] = client.get(f"/v1/media/{copy}/matches").json()["items"]
    sampled = client.get(f"/v1/media/{known}/stills").json()["items"]
    between = [
        each
        for each in match["evidence"]
        if each["known_ms"] not in {still["timestamp_ms"] for still in sampled}
    ]
    assert between, "a closer look finds moments between the sampled frames"
    for each in between:
        difference = client.get(each["links"]["difference"])
        read = cv2.imdecode(np.frombuffer(difference.content, np.uint8), cv2.IMREAD_COLOR)
        assert read is not None
        colour = read.max(axis=2).astype(int) - read.min(axis=2)
        assert np.quantile(colour, 0.95) < 30, "the camera moves: only that moment's picture fits"
    assert client.get(match["links"]["sheet"]).status_code == 200


def test_common_material_is_matched_in_silence(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    _known(client, "common")
    known = _upload(client, clips[0].read_bytes(), "common")
    processing.process(parts.database, bench, known)
    assert client.get(f"/v1/media/{known}/matches").json()["searched"]["known_items"] == 0
    copy = _upload(client, clips[1].read_bytes())
    processing.process(parts.database, bench, copy)
    assert len(client.get(f"/v1/media/{copy}/matches").json()["items"]) == 1
    assert "match.found" not in _events(parts)


def test_a_file_that_cannot_be_read_fails_by_name(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    torn = _upload(client, clips[0].read_bytes()[:3000])
    for _ in range(2):
        processing.process(parts.database, bench, torn)
    item = client.get(f"/v1/media/{torn}").json()
    assert (item["state"], item["failure"]["code"]) == ("failed", "corrupt")
    assert _events(parts)["media.failed"] == 1


def test_a_job_given_up_fails_its_item(parts: Parts, client: TestClient) -> None:
    media_id = _upload(client, b"\x89PNG\r\n\x1a\n" + bytes(100))
    processing.give_up(parts.database, media_id)
    item = client.get(f"/v1/media/{media_id}").json()
    assert item["failure"]["code"] == "decoder_crashed"
    assert item["failure"]["retryable"]


def test_the_chain_vouches_for_what_the_file_turned_out_to_be(
    parts: Parts, client: TestClient, bench: LocalBench, tmp_path: Path
) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=1, shots=1)
    one = edit(clip, tmp_path / "one.mp4", "-an", "-frames:v", "1")
    item = _upload(client, one.read_bytes())
    assert client.get(f"/v1/media/{item}").json()["kind"] == "video"
    processing.process(parts.database, bench, item)
    assert client.get(f"/v1/media/{item}").json()["kind"] == "still"
    checked = client.get("/v1/audit/verify").json()
    assert checked["ok"] is True, checked
