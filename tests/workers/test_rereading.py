"""A desk of real processes validates again what is signed, when a trust list comes."""

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.settings import Settings
from tests.filming import film
from tests.signing import Authority
from tests.workers.desk import Desk

PATIENCE_S = 120.0


def _state(client: httpx2.Client, media_id: str) -> str:
    read: dict[str, Any] = client.get(f"/v1/media/{media_id}/provenance").json()
    state: str = read["c2pa"]["state"]
    return state


@pytest.mark.long
def test_an_imported_list_reaches_what_was_read_before(settings: Settings, tmp_path: Path) -> None:
    lab = Authority.new("Lab")
    clip = film(tmp_path / "clip.mp4", seconds=1, shots=1)
    signed = lab.sign(clip, tmp_path / "signed.mp4", "video/mp4")
    desk = Desk(settings, tmp_path)
    try:
        desk.start()
        desk.wait_until_ready()
        with desk.client() as client:
            files = {"file": (signed.name, signed.read_bytes())}
            media_id = client.post("/v1/media", files=files).json()["id"]
            wait = {"Prefer": "wait=25"}
            assert client.get(f"/v1/media/{media_id}", headers=wait).json()["state"] == "ready"
            assert _state(client, media_id) == "valid_untrusted"
            body = {"name": "Lab", "kind": "local", "pem": lab.root.decode()}
            assert client.post("/v1/trust-lists", json=body).status_code == 201
            until = time.monotonic() + PATIENCE_S
            while _state(client, media_id) != "trusted":
                assert time.monotonic() < until, desk.log[-3000:]
                time.sleep(0.2)
            told = client.get("/v1/events", params={"after": 0}).json()["items"]
            kinds = [event["type"] for event in told]
            assert kinds.count("media.provenance_read") == 2
            assert kinds.count("verification.attention_required") == 1
            record = client.get(f"/v1/media/{media_id}/verification").json()
            assert record["status"] == "unreviewed"
    finally:
        desk.close()
