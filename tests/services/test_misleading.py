"""Common material and what is learnt from rejections, with real decoding on both engines."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import Parts
from app.core.matches import Span
from app.core.matching.masks import Stretches
from app.services import processing
from app.services.bench import LocalBench
from app.services.misleading import misled
from tests.filming import ffmpeg, film

IDENT_S, OWN_S = 3, 4
SIZE = (240, 180)


def segment(start_ms: int, end_ms: int, modality: str = "visual") -> dict[str, Any]:
    return {"known": {"start_ms": start_ms, "end_ms": end_ms}, "modality": modality}


def test_a_stretch_misled_where_several_rejected_matches_overlap() -> None:
    first = [segment(0, 3000), segment(2500, 4000), segment(9000, 9500)]
    second = [segment(1000, 3500, "both"), segment(20_000, 21_000, "audio")]
    assert misled([first]) == Stretches()
    assert misled([first, second]) == Stretches(sight=(Span(1000, 3500),))
    assert misled([second, second]).sound == (Span(1000, 3500), Span(20_000, 21_000))


def test_a_still_misled_as_a_whole() -> None:
    assert misled([[segment(0, 0)], [segment(0, 0)]]).sight == (Span(0, 0),)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Five clips that share an ident and nothing else; the sixth is the ident."""
    folder = tmp_path_factory.mktemp("idents")
    ident = film(folder / "ident.mp4", seconds=IDENT_S, seed=500, size=SIZE, shots=1, audio=False)
    made = []
    for seed in range(601, 606):
        own = film(folder / "own.mp4", seconds=OWN_S, seed=seed, size=SIZE, shots=2, audio=False)
        clip = folder / f"{seed}.mp4"
        ffmpeg("-i", ident, "-i", own, "-filter_complex", "concat=n=2:v=1:a=0", clip)
        made.append(clip)
    return [*made, ident]


class Desk:
    """Uploads to a desk whose jobs are done at once."""

    def __init__(self, parts: Parts, client: TestClient, bench: LocalBench) -> None:
        self._parts, self.client, self._bench = parts, client, bench

    def collection(self, kind: str) -> None:
        body = {"slug": kind, "title": kind, "kind": kind}
        assert self.client.post("/v1/collections", json=body).status_code == 201

    def upload(self, path: Path, collection: str | None = None) -> str:
        data = {"collection": collection} if collection else {}
        files = {"file": ("clip.mp4", path.read_bytes())}
        media_id: str = self.client.post("/v1/media", files=files, data=data).json()["id"]
        processing.process(self._parts.database, self._bench, media_id)
        return media_id

    def match(self, media_id: str, known: str) -> dict[str, Any]:
        items = self.client.get(f"/v1/media/{media_id}/matches").json()["items"]
        return next(item for item in items if item["known_media_id"] == known)

    def review(self, match: dict[str, Any], decision: str) -> None:
        answer = self.client.post(f"/v1/matches/{match['id']}/review", json={"decision": decision})
        assert answer.status_code == 200, answer.text

    def alerts(self) -> int:
        """How often it was told that an upload shows known material."""
        found = self.client.get("/v1/events", params={"after": 0, "type": "match.found"}).json()
        return sum(each["data"]["against"] == "known" for each in found["items"])


@pytest.fixture
def desk(parts: Parts, client: TestClient, bench: LocalBench) -> Desk:
    return Desk(parts, client, bench)


def test_an_archive_item_with_a_common_ident_does_not_alert(desk: Desk, clips: list[Path]) -> None:
    desk.collection("archive")
    known = desk.upload(clips[0], "archive")
    found = desk.match(desk.upload(clips[1]), known)
    assert (found["grade"] == "lead", found["notes"]) == (False, [])
    assert desk.alerts() == 1
    desk.collection("common")
    ident = desk.upload(clips[5], "common")
    before = desk.alerts()
    query = desk.upload(clips[2])
    assert desk.match(query, ident)["grade"] != "lead"
    found = desk.match(query, known)
    assert (found["grade"], found["notes"]) == ("lead", ["common_material"])
    assert desk.alerts() == before


def test_a_stretch_rejected_twice_misleads_no_more_until_a_decision_is_taken_back(
    desk: Desk, clips: list[Path]
) -> None:
    desk.collection("archive")
    known = desk.upload(clips[0], "archive")
    rejected = []
    for clip in clips[1:3]:
        rejected.append(desk.match(desk.upload(clip), known))
        assert rejected[-1]["grade"] != "lead"
        desk.review(rejected[-1], "rejected")
    alerts = desk.alerts()
    found = desk.match(desk.upload(clips[3]), known)
    assert (found["grade"], found["notes"]) == ("lead", ["common_material"])
    assert desk.alerts() == alerts
    desk.review(rejected[0], "related")
    found = desk.match(desk.upload(clips[4]), known)
    assert (found["grade"] == "lead", found["notes"]) == (False, [])
    assert desk.alerts() == alerts + 1
