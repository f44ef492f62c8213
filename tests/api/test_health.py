import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.blobs.local import Incoming
from app.bootstrap import Parts
from app.db.idempotency import KeptAnswer
from app.errors import StorageFull
from app.main import create_app
from app.services import idempotency


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


def test_a_store_that_takes_no_byte_is_not_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a quota is used up: there is room on the disk, and a file without a byte is made."""
    assert client.get("/readyz").json()["blobs"]

    def full(_incoming: Incoming, _data: bytes) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(Incoming, "write", full)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["blobs"]) == (503, False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_api_starts_where_nothing_can_be_written(parts: Parts) -> None:
    """What it would tidy up is the workers' to remove, at their start and each hour."""
    with parts.database.write() as session:
        session.add(
            KeptAnswer(
                key="a",
                principal="b",
                route="POST /v1/collections",
                body_sha256="c",
                status_code=201,
                headers={},
                body={},
                created_at=db.now() - 2 * idempotency.KEPT_FOR,
            )
        )

    def hinder(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=1")

    sa.event.listen(parts.database.engine, "engine_connect", hinder)
    try:
        with TestClient(create_app(parts)) as client:
            assert client.get("/healthz").status_code == 200
    finally:
        sa.event.remove(parts.database.engine, "engine_connect", hinder)
