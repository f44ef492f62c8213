"""First answers with real decoding and a real index: shown, marked, silent, and never left behind."""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.bootstrap import Parts
from app.core import Grade, Match, Relation
from app.schemas.enums import MatchFound, ReviewDecision, VerificationStatus
from app.services import previewing, processing, recording
from app.services.bench import LocalBench
from app.services.heavy import Found, Hit
from tests.filming import edit, film
from tests.records import add_item, add_match, put_at
from tests.uploads import upload


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip, and a smaller copy of it, as long as a first answer needs."""
    folder = tmp_path_factory.mktemp("clips")
    clip = film(folder / "clip.mp4", seconds=6, seed=3, shots=3)
    return clip, edit(clip, folder / "copy.mp4", "-vf", "scale=240:-2")


def _known(parts: Parts, client: TestClient, bench: LocalBench, clip: Path) -> str:
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201
    return _processed(parts, client, bench, clip, collection="archive")


def _processed(
    parts: Parts, client: TestClient, bench: LocalBench, clip: Path, **fields: str
) -> str:
    media_id: str = upload(client, clip.read_bytes(), clip.name, **fields).json()["id"]
    processing.process(parts.database, bench, media_id)
    return media_id


def _arrived(client: TestClient, clip: Path) -> str:
    media_id: str = upload(client, clip.read_bytes(), clip.name).json()["id"]
    return media_id


def _matches(client: TestClient, media_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/media/{media_id}/matches").json()["items"]
    return found


def _told(parts: Parts) -> Counter[str]:
    with parts.database.read() as session:
        return Counter(session.scalars(sa.text("SELECT type FROM events")))


def test_a_first_answer_is_marked_silent_and_then_confirmed(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    known = _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    assert client.get(f"/v1/media/{copy}").json()["stage"] == "received"
    previewing.preview(parts.database, bench, copy)
    item = client.get(f"/v1/media/{copy}").json()
    assert (item["state"], item["stage"]) == ("received", "previewing")
    assert item["progress"] > 0
    assert item["previewed_at"]
    (early,) = _matches(client, copy)
    assert (early["known_media_id"], early["preliminary"], early["grade"]) == (known, True, "lead")
    assert early["segments"][0]["known"] == {"start_ms": 0, "end_ms": 6000}
    assert client.get(f"/v1/media/{copy}/matches").json()["searched"] is None
    assert "match.found" not in _told(parts)

    processing.process(parts.database, bench, copy)
    (full,) = _matches(client, copy)
    assert (full["id"], full["preliminary"], full["grade"]) == (early["id"], False, "certain")
    assert _told(parts)["match.found"] == 1
    item = client.get(f"/v1/media/{copy}").json()
    assert (item["state"], item["stage"], item["progress"]) == ("ready", "done", 1.0)


def test_nobody_can_review_what_is_preliminary(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    previewing.preview(parts.database, bench, copy)
    (early,) = _matches(client, copy)
    review = f"/v1/matches/{early['id']}/review"
    refused = client.post(review, json={"decision": "confirmed"})
    assert refused.status_code == 409
    assert "preliminary" in refused.json()["detail"]
    processing.process(parts.database, bench, copy)
    assert client.post(review, json={"decision": "confirmed"}).status_code == 200


def test_what_the_full_answer_does_not_hold_up_leaves_no_trace(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    known = _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    previewing.preview(parts.database, bench, copy)
    assert len(_matches(client, copy)) == 1
    with parts.database.write() as session:
        put_at(session, known, VerificationStatus.VOID)  # or it would be an upload from now on
    assert client.delete(f"/v1/collections/archive/media/{known}").status_code == 204
    processing.process(parts.database, bench, copy)
    assert _matches(client, copy) == []
    assert "match.found" not in _told(parts)


def test_an_item_that_fails_keeps_no_early_matches(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    previewing.preview(parts.database, bench, copy)
    processing.give_up(parts.database, copy)
    assert client.get(f"/v1/media/{copy}").json()["state"] == "failed"
    assert _matches(client, copy) == []
    # Tried again, it is looked at again.
    assert client.post(f"/v1/media/{copy}/retry").json()["stage"] == "received"
    previewing.preview(parts.database, bench, copy)
    assert [match["preliminary"] for match in _matches(client, copy)] == [True]


def test_a_late_first_answer_is_dropped(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    with parts.database.read() as session:
        item = db.media.find(session, copy)
    assert item is not None
    late = bench.preview(copy, item.sha256)
    assert late.hits
    processing.process(parts.database, bench, copy)
    before = client.get(f"/v1/media/{copy}/matches").json()
    previewing.end(parts.database, copy, late)
    previewing.preview(parts.database, bench, copy)
    assert client.get(f"/v1/media/{copy}/matches").json() == before


def test_both_answers_at_once_leave_one_row(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    ways = (previewing.preview, previewing.preview, processing.process)
    runs = [threading.Thread(target=way, args=(parts.database, bench, copy)) for way in ways]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    (match,) = _matches(client, copy)
    assert not match["preliminary"]
    assert _told(parts)["match.found"] == 1


def test_a_rejected_pair_is_not_shown_early_either(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path]
) -> None:
    known = _known(parts, client, bench, clips[0])
    copy = _arrived(client, clips[1])
    with parts.database.write() as session:
        match = db.matches.find(session, add_match(session, known, copy))
        assert match is not None
        match.decision = ReviewDecision.REJECTED
    previewing.preview(parts.database, bench, copy)
    assert _matches(client, copy) == []


def test_a_torn_file_has_no_first_answer_and_fails_by_its_full_one(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(clips[0].read_bytes()[:3000])
    media_id = _arrived(client, torn)
    previewing.preview(parts.database, bench, media_id)
    item = client.get(f"/v1/media/{media_id}").json()
    assert (item["state"], bool(item["previewed_at"])) == ("received", True)
    processing.process(parts.database, bench, media_id)
    assert client.get(f"/v1/media/{media_id}").json()["failure"]["code"] == "corrupt"


def _found(known_id: str) -> Found:
    lead = Match(0, Relation.LEAD, Grade.LEAD, 0.3, 1.0, 1.0, segments=(), evidence=())
    return Found((Hit(known_id, lead),), "a", known_items=1, not_comparable=0, as_of_seq=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_items_that_show_each_other_do_not_wait_for_each_other(database: db.Database) -> None:
    with database.write() as session:
        looked_at, done = add_item(session), add_item(session)

    def conclude() -> None:
        with database.write() as session:
            db.in_commit_order(session)
            assert db.processing.finish(session, done)
            recording.record(session, done, _found(looked_at), MatchFound.UPLOAD)

    other = threading.Thread(target=conclude)
    with database.write() as session:
        assert db.processing.end_preview(session, looked_at, 0.1)
        other.start()
        other.join(2)  # it may wait, but must not hold what this one needs
        recording.record_early(session, looked_at, _found(done))
    other.join()
    with database.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM matches")) == 2
