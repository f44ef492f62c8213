import os
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient

from app.bootstrap import Parts
from app.main import create_app


def test_the_process_answers(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_watchers_may_ask_by_head(client: TestClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.head(path)
        assert answer.status_code == client.get(path).status_code
        assert answer.content == b""


def test_a_desk_that_lacks_either_model_has_none(client: TestClient, parts: Parts) -> None:
    assert client.get("/readyz").json()["descriptor_model"]
    for name in ("sscd_model", "sscd_view_model"):
        lacking = parts.settings.model_copy(update={name: Path(os.devnull)})
        without = TestClient(create_app(replace(parts, settings=lacking)))
        assert not without.get("/readyz").json()["descriptor_model"]
