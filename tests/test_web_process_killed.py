"""A web process that is killed in the middle of a report: what it leaves is gone at its next start."""

import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from app.bootstrap import Parts
from tests.receiver import wait_until
from tests.workers.desk import Desk

PATIENCE_S = 60.0


@pytest.fixture
def desk(parts: Parts, tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "tmp").mkdir()
    opened = Desk(parts.settings, tmp_path, TMPDIR=str(tmp_path / "tmp"))
    yield opened
    opened.close()


def _uploaded(desk: Desk) -> str:
    still = io.BytesIO()
    Image.effect_noise((160, 120), 90).save(still, "JPEG")
    with desk.client() as client:
        answer = client.post("/v1/media", files={"file": ("a.jpg", still.getvalue())})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])


def _read_report(desk: Desk, media_id: str) -> None:
    with desk.client() as client, suppress(httpx2.TransportError):
        client.get(f"/v1/media/{media_id}/report.pdf")


def _papers(below: Path) -> list[Path]:
    return [
        Path(folder, name)
        for folder, names, _ in os.walk(below)
        for name in names
        if name.startswith("paper-")
    ]


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_report_that_was_being_made_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    desk.start()
    desk.wait_until_ready()
    media_id = _uploaded(desk)
    asking = threading.Thread(target=_read_report, args=(desk, media_id), daemon=True)
    asking.start()
    until = time.monotonic() + PATIENCE_S
    while not _papers(tmp_path):
        assert time.monotonic() < until
    killed = desk.kill_one("app\0serve")
    asking.join(PATIENCE_S)
    assert _papers(tmp_path)
    assert desk.one_of("app\0serve") != killed
    wait_until(lambda: not _papers(tmp_path), PATIENCE_S)
    desk.wait_until_ready()
    _read_report(desk, media_id)
    assert not _papers(tmp_path)
