"""An import goes on through the death of its workers, and nothing comes twice."""

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.settings import Settings
from tests.filming import photo
from tests.workers.desk import Desk

FILES, KILLS = 20, 3
PATIENCE_S = 300.0


@pytest.mark.long
@pytest.mark.timeout(480)
def test_an_import_survives_its_workers(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "material"
    folder.mkdir()
    for number in range(FILES):
        photo(folder / f"{number:03}.jpg", seed=8000 + number)
    desk = Desk(settings, tmp_path, PROVENANCE_IMPORT_FOLDERS=str(folder))
    try:
        desk.start()
        desk.wait_until_ready()
        with desk.client() as client:
            answer = import_through_deaths(desk, client, folder)
            counted = [answer[name] for name in ("added", "duplicates", "failed", "total")]
            assert counted == [FILES, 0, 0, FILES]
            items = client.get("/v1/media", params={"limit": 200}).json()["items"]
            assert [each["receipts"] for each in items] == [1] * FILES
            told = client.get("/v1/events", params={"type": "import.completed"}).json()["items"]
            assert [each["data"]["added"] for each in told] == [FILES]
            assert client.get("/v1/audit/verify").json()["ok"] is True
    finally:
        desk.close()


def import_through_deaths(desk: Desk, client: httpx2.Client, folder: Path) -> Any:
    """Order an import and kill its worker again and again while it goes on."""
    collection = {"slug": "archive", "title": "Archive", "kind": "archive"}
    client.post("/v1/collections", json=collection)
    order = {"kind": "folder", "path": str(folder), "collection": "archive"}
    made = client.post("/v1/imports", json=order).json()
    killed: list[int] = []
    until = time.monotonic() + PATIENCE_S
    while True:
        answer = client.get(made["links"]["self"]).json()
        if answer["state"] == "completed":
            assert len(set(killed)) == KILLS
            return answer
        entered = len(client.get("/v1/media", params={"limit": 200}).json()["items"])
        if len(killed) < KILLS and entered >= 1 + 5 * len(killed):
            killed.append(desk.kill_one("workers.job_worker"))
            left = client.get(made["links"]["self"]).json()
            assert left["state"] != "completed", "it was over before the kill"
        assert time.monotonic() < until, (answer, desk.log[-3000:])
        time.sleep(0.05)
