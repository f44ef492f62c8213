"""What is wrong is told as an event, once until it is gone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.bootstrap import Parts
from app.errors import Busy
from app.schemas.audit_answers import AuditReport
from app.schemas.enums import EventType
from app.services import integrity, verifying
from tests import desks


def told(parts: Parts) -> list[str]:
    """The objects of the faults that were told of, in their order."""
    with parts.database.read() as session:
        found = db.events.after(session, 0, 100, EventType.INTEGRITY_FAILED, None)
    return [event.data["object"] for event in found]


def verify(parts: Parts) -> None:
    integrity.note(parts.database, verifying.verify(parts.database, parts.trusted))


def test_what_is_wrong_with_one_thing_in_two_ways_is_told_once(parts: Parts) -> None:
    desks.arrive(parts, b"content")
    parts.sealer.seal()
    # By itself, and against what the chain recorded.
    desks.damage(parts, 1)
    assert len(verifying.verify(parts.database, parts.trusted).faults) == 2
    for _ in range(2):
        verify(parts)
    assert told(parts) == ["checkpoint/1"]


def test_what_a_cut_report_leaves_out_is_not_told_again(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [desks.arrive(parts, content) for content in (b"one", b"two")]
    alter = sa.text("UPDATE receipts SET source_name = 'somebody' WHERE media_id = :media_id")
    with parts.database.write() as session:
        session.execute(alter, {"media_id": items[0]})
    verify(parts)
    monkeypatch.setattr(verifying, "MOST_FAULTS", 1)
    with parts.database.write() as session:  # a kind that is looked at first
        session.execute(sa.text("UPDATE media SET size_bytes = 1"))
    verify(parts)
    monkeypatch.undo()
    verify(parts)
    assert len(told(parts)) == len(set(told(parts))) == 3


def test_one_verification_at_a_time_is_waited_for(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks.arrive(parts, b"content")
    begun, go_on, really = threading.Event(), threading.Event(), verifying.verify

    def slowly(*args: Any) -> AuditReport:
        begun.set()
        assert go_on.wait(30)
        return really(*args)

    monkeypatch.setattr(verifying, "verify", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(integrity.verify, parts.database, parts.trusted)
        assert begun.wait(30)
        with pytest.raises(Busy):
            integrity.verify(parts.database, parts.trusted)
        go_on.set()
        assert first.result().ok
    assert integrity.verify(parts.database, parts.trusted).ok
