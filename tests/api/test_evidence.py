from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.core.fingerprints.pictures import Pictures, pack, write_jpeg
from app.core.presentation.strips import colour
from app.services import stills
from tests.filming import Pixels, picture
from tests.records import add_item, add_match

ClientAs = Callable[[Role], TestClient]
KNOWN = picture(5, (480, 320))
QUERY = KNOWN[64:256, 96:384].copy()
QUERY[20:60, 30:110] = (255, 0, 0)
PLACED = {"placement": [0.6, 0, 0.2, 0, 0.6, 0.2], "mirrored": False}


def keep(parts: Parts, media_id: str, *frames: tuple[int, Pixels]) -> None:
    times, pixels = zip(*frames, strict=True)
    kept = Pictures(tuple(times), tuple(write_jpeg(each) for each in pixels))
    parts.blobs.put_derived(media_id, PICTURES, pack(kept))


def matched(parts: Parts, *evidence: dict[str, Any]) -> tuple[str, str, str]:
    """A match whose items have pictures at second 1 and 21; gives its id and theirs."""
    with parts.database.write() as session:
        query, known = add_item(session, title="viral"), add_item(session, title="архів")
        match = add_match(session, query, known)
        row = db.matches.find(session, match)
        assert row is not None
        row.evidence = [{**row.evidence[0], **each} for each in evidence]
    keep(parts, query, (1_000, QUERY))
    keep(parts, known, (20_000, picture(9, (480, 320))), (21_100, KNOWN))
    return match, query, known


def pixels(content: bytes) -> Pixels:
    read = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(read[..., ::-1], np.uint8)


def alike(first: Pixels, second: Pixels) -> bool:
    return first.shape == second.shape and float(np.abs(first.astype(int) - second).mean()) < 8


def test_a_pair_is_drawn_with_regions_and_difference(parts: Parts, client: TestClient) -> None:
    match, _, _ = matched(parts, PLACED)
    [evidence] = client.get(f"/v1/matches/{match}").json()["evidence"]
    assert evidence["placement"] == [0.6, 0, 0.2, 0, 0.6, 0.2]
    drawn = {
        name: client.get(evidence["links"][name])
        for name in ("query_drawn", "known_drawn", "difference")
    }
    for answer in drawn.values():
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert pixels(drawn["query_drawn"].content).shape == QUERY.shape
    known = pixels(drawn["known_drawn"].content)
    assert known[:40].mean() < 0.6 * KNOWN[:40].mean()
    assert alike(known[100:220, 130:350], KNOWN[100:220, 130:350])
    seen = pixels(drawn["difference"].content).astype(int)
    colour = seen.max(axis=2) - seen.min(axis=2)
    assert np.median(colour[64 + 25 : 64 + 55, 96 + 35 : 96 + 105]) > 100
    assert np.median(colour) < 12


def test_who_has_a_picture_is_not_sent_it_again(parts: Parts, client: TestClient) -> None:
    match, _, _ = matched(parts, PLACED)
    for address in ("evidence/0/known", "evidence/0/difference", "sheet"):
        first = client.get(f"/v1/matches/{match}/{address}")
        tag = first.headers["ETag"]
        again = client.get(f"/v1/matches/{match}/{address}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert first.headers["Cache-Control"] == "private, no-cache"
    tags = {
        client.get(f"/v1/matches/{match}/evidence/0/{name}").headers["ETag"]
        for name in ("query", "known", "difference")
    }
    assert len(tags) == 3


def test_evidence_without_a_place_is_shown_as_it_is(parts: Parts, client: TestClient) -> None:
    match, _, _ = matched(parts, {})
    [evidence] = client.get(f"/v1/matches/{match}").json()["evidence"]
    assert (evidence["placement"], evidence["mirrored"]) == (None, False)
    assert "difference" not in evidence["links"]
    known = client.get(evidence["links"]["known_drawn"])
    assert alike(pixels(known.content), KNOWN)
    refused = client.get(f"/v1/matches/{match}/evidence/0/difference")
    assert refused.status_code == 404
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "was not stored with this match" in refused.json()["detail"]
    assert client.get(f"/v1/matches/{match}/sheet").status_code == 200


def test_the_very_moment_is_shown_and_not_its_neighbour(parts: Parts, client: TestClient) -> None:
    match, _, known = matched(parts, {"known_ms": 20_640})
    moment = picture(3, (480, 320))
    stills.keep(parts.blobs, known, 20_640, write_jpeg(moment))
    [evidence] = client.get(f"/v1/matches/{match}").json()["evidence"]
    for name in ("known", "known_drawn"):
        assert alike(pixels(client.get(evidence["links"][name]).content), moment)
    beside = client.get(f"/v1/media/{known}/stills/at/20700")
    assert alike(pixels(beside.content), KNOWN)
    assert len(client.get(f"/v1/media/{known}/stills").json()["items"]) == 2


def test_a_removed_video_is_no_still_on_a_sheet(parts: Parts, client: TestClient) -> None:
    match, query, known = matched(parts, {})
    with parts.database.write() as session:
        for media_id, duration_ms in ((query, 12_000), (known, None)):
            item = db.media.find(session, media_id)
            assert item is not None
            item.duration_ms = duration_ms
    shown = pixels(client.get(f"/v1/matches/{match}/sheet").content)
    first = (np.abs(shown.astype(int) - colour(0)).max(axis=2) < 40).sum(axis=1)
    # The known strip is as long as the match says; a still would be one block all along.
    assert 0 < first.max() < 0.6 * shown.shape[1]


def test_a_sheet_has_a_row_for_each_pair(parts: Parts, client: TestClient) -> None:
    none, _, _ = matched(parts)
    two, _, _ = matched(parts, PLACED, {"query_ms": 4_000, **PLACED})
    link = client.get(f"/v1/matches/{two}").json()["links"]["sheet"]
    bare, full = (
        pixels(client.get(address).content) for address in (f"/v1/matches/{none}/sheet", link)
    )
    assert bare.shape[1] == full.shape[1]
    assert full.shape[0] - bare.shape[0] > 500


def test_what_is_not_there_is_said(parts: Parts, client: TestClient) -> None:
    match, query, _ = matched(parts, PLACED)
    assert client.get("/v1/matches/unknown/sheet").status_code == 404
    assert client.get(f"/v1/matches/{match}/evidence/0/sketch").status_code == 422
    beyond = client.get(f"/v1/matches/{match}/evidence/1/known")
    assert (beyond.status_code, "1 aligned pair" in beyond.json()["detail"]) == (404, True)
    parts.blobs.delete_derived(query)
    gone = client.get(f"/v1/matches/{match}/evidence/0/known")
    assert (gone.status_code, "not kept" in gone.json()["detail"]) == (404, True)
    assert client.get(f"/v1/matches/{match}/sheet").status_code == 200


@pytest.mark.parametrize("address", ["evidence/0/query", "sheet"])
def test_pictures_need_a_key_that_reads(parts: Parts, client_as: ClientAs, address: str) -> None:
    match, _, _ = matched(parts, PLACED)
    path = f"/v1/matches/{match}/{address}"
    viewer = client_as(Role.VIEWER)
    assert viewer.get(path).status_code == 200
    for wrong in ("", "Bearer prov_unknown"):
        assert viewer.get(path, headers={"Authorization": wrong}).status_code == 401
