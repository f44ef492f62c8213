"""The custodian does by itself what a person would forget."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db
from app.bootstrap import Parts
from app.schemas.audit import FixityOutcome
from app.schemas.enums import EventType
from app.services import custodian, fixity, verifying
from app.services.custodian import Custodian, Duties
from app.services.sealing import Due
from tests import desks


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds without pauses, and the day's verification in the first."""
    monkeypatch.setattr(custodian, "ROUND_EVERY_S", 0.01)
    monkeypatch.setattr(custodian, "FIRST_VERIFIED_AFTER_S", 0.0)


@pytest.mark.usefixtures("at_once")
def test_it_seals_verifies_and_reads_files_until_it_is_stopped(parts: Parts) -> None:
    item = desks.arrive(parts, b"content")
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE receipts SET source_name = 'somebody'"))
    stop = threading.Event()
    duties = Duties(Due(entries=1), timedelta(0), fixity.Pace(stop=stop), authority=None)
    keeping = Custodian(parts.database, parts.blobs, parts.sealer, parts.trusted, duties)
    going_round = threading.Thread(target=keeping.run, args=(stop,))
    going_round.start()
    try:
        for _ in range(500):
            with parts.database.read() as session:
                found = db.events.after(session, 0, 100, EventType.INTEGRITY_FAILED, None)
                readings = db.fixity.page(session, FixityOutcome.INTACT, 10, None).items
            if found and readings:
                break
            stop.wait(0.02)
    finally:
        stop.set()
        going_round.join()
    assert [event.data["kind"] for event in found] == ["row"]
    assert [each.media_id for each in readings] == [item]
    assert parts.sealer.folder.numbers()[0] == 1


@pytest.mark.usefixtures("at_once")
def test_a_verification_that_failed_is_not_put_off_for_a_day(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks.arrive(parts, b"content")
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE receipts SET source_name = 'somebody'"))
    duties = Duties(Due(), timedelta(1), fixity.Pace(), authority=None)
    keeping = Custodian(parts.database, parts.blobs, parts.sealer, parts.trusted, duties)

    def away(*_given: object) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(verifying, "verify", away)
        with pytest.raises(ConnectionError):
            keeping.verify_daily()
    keeping.verify_daily()
    with parts.database.read() as session:
        assert db.events.after(session, 0, 100, EventType.INTEGRITY_FAILED, None)
