"""Stored files are read again; one that is not as it arrived is told of once, until it is."""

from datetime import timedelta
from pathlib import Path

import pytest

from app import db, services
from app.bootstrap import Parts
from app.schemas.audit import FixityOutcome
from app.schemas.enums import EventType
from app.schemas.record_enums import AttentionReason
from app.services import fixity
from tests import desks
from tests.services.unmounting import unmounted

CONTENT = b"content" * 1000


def file_of(parts: Parts, item: str) -> Path:
    with parts.database.read() as session:
        return parts.blobs.path(services.media.get(session, item).sha256)


def told(parts: Parts) -> list[str]:
    with parts.database.read() as session:
        found = db.events.after(session, 0, 100, EventType.INTEGRITY_FAILED, None)
    return [event.data["object"] for event in found]


def test_an_altered_file_is_found_told_once_and_asks_for_attention(parts: Parts) -> None:
    item = desks.arrive(parts, CONTENT)
    desks.arrive(parts, b"another")
    assert fixity.check_all(parts.database, parts.blobs).failed == {}
    path = file_of(parts, item)
    path.chmod(0o640)
    path.write_bytes(CONTENT[:-1] + b"X")
    for _ in range(2):
        report = fixity.check_all(parts.database, parts.blobs)
        assert (report.checked, report.failed) == (2, {item: FixityOutcome.ALTERED})
    assert told(parts) == [f"media/{item}"]
    with parts.database.read() as session:
        (reason,) = db.attention.open_of(session, item, AttentionReason.FIXITY_FAILED)
    assert reason.detail == {"outcome": "altered"}

    path.write_bytes(CONTENT)
    assert fixity.check_all(parts.database, parts.blobs).failed == {}
    path.unlink()
    report = fixity.check_all(parts.database, parts.blobs)
    assert report.failed == {item: FixityOutcome.MISSING}
    assert told(parts) == [f"media/{item}"] * 2


def test_files_whose_disk_is_not_there_are_not_said_to_be_gone(
    parts: Parts, tmp_path: Path
) -> None:
    item = desks.arrive(parts, CONTENT)
    with unmounted(parts, tmp_path), pytest.raises(fixity.NoFilesThere, match="mounted"):
        fixity.check_all(parts.database, parts.blobs)
    assert told(parts) == []
    with parts.database.read() as session:
        assert db.attention.open_of(session, item) == []
    assert fixity.check_all(parts.database, parts.blobs).checked == 1


def test_a_file_is_read_again_only_when_that_is_long_ago(parts: Parts) -> None:
    desks.arrive(parts, CONTENT)
    pace = fixity.Pace()
    yesterday = db.now() - timedelta(days=1)
    assert list(fixity.check_due(parts.database, parts.blobs, yesterday, pace)) == []
    (reading,) = fixity.check_due(parts.database, parts.blobs, db.now(), pace)
    assert reading[1] is FixityOutcome.INTACT


def test_reading_keeps_its_pace_and_ends_with_the_process(parts: Parts) -> None:
    import threading
    import time

    desks.arrive(parts, CONTENT)
    slow = fixity.Pace(bytes_a_second=len(CONTENT) * 2)
    started = time.monotonic()
    list(fixity.check_due(parts.database, parts.blobs, db.now(), slow))
    assert time.monotonic() - started > 0.45
    stop = threading.Event()
    stop.set()
    stopped = fixity.Pace(bytes_a_second=1, stop=stop)
    with pytest.raises(fixity.Stopped):
        list(fixity.check_due(parts.database, parts.blobs, db.now(), stopped))
