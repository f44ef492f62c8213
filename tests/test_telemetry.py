"""Logs: what they say of a failure, and what they must not say."""

import json
import logging

import pytest
import sqlalchemy as sa
import structlog
from dbos._logger import init_logger
from sqlalchemy.exc import DBAPIError

from app import telemetry
from app.db import Database

SECRET = "whsec_bm90LWZvci1sb2dz"


@pytest.fixture(autouse=True)
def _logging_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers)
    monkeypatch.setattr(root, "level", root.level)


def _fail_with(secret: str) -> None:
    raise RuntimeError(f"failed on {len(secret)} characters")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_no_values(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> None:
    telemetry.configure(as_json=as_json, process="test")
    try:
        _fail_with(SECRET)
    except RuntimeError:
        structlog.get_logger("test").exception("it_broke")
    said = capsys.readouterr().err
    assert "_fail_with" in said
    assert SECRET not in said
    if as_json:
        assert json.loads(said)["event"] == "it_broke"


def test_what_the_job_engine_says_is_in_the_same_form(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = logging.getLogger("dbos")
    monkeypatch.setattr(engine, "handlers", [])
    monkeypatch.setattr(engine, "propagate", True)
    telemetry.configure(as_json=True, process="jobs")
    init_logger()  # as the engine does when it is made
    engine.warning("Exception finding work")
    said = json.loads(capsys.readouterr().err)
    assert (said["process"], said["event"]) == ("jobs", "Exception finding work")


def test_a_failed_statement_shows_no_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed, database.write() as session:
        session.execute(sa.text("INSERT INTO nowhere VALUES (:secret)"), {"secret": SECRET})
    assert SECRET not in str(failed.value)
