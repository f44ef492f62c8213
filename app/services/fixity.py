"""Fixity: are the stored files the ones that arrived? They are read and hashed again, at leisure."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app import db
from app.blobs.local import LocalBlobs
from app.schemas.audit import Fault, FaultKind, FixityOutcome
from app.schemas.record_enums import AttentionReason
from app.services import attention, integrity

READ_BYTES = 1024 * 1024
AT_ONCE = 100

_WORDS = {
    FixityOutcome.ALTERED: "its stored file is not the one that arrived: the hash is another",
    FixityOutcome.MISSING: "its stored file is gone",
    FixityOutcome.UNREADABLE: "its stored file cannot be read",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast files are read: the desk's own work comes first."""

    bytes_a_second: int | None = None
    stop: threading.Event | None = None


class Stopped(Exception):
    """The process is to end, so that a reading was broken off: it says nothing of the file."""


class NoFilesThere(Exception):
    """Not one stored file is there, as in a mount point without its disk; nothing is concluded."""


@dataclass(frozen=True, slots=True)
class FixityReport:
    """How many files were read, and of which items they are not as they arrived."""

    checked: int
    failed: Mapping[str, FixityOutcome]


def check_all(database: db.Database, blobs: LocalBlobs) -> FixityReport:
    """Read every stored file again, now."""
    readings = dict(check_due(database, blobs, db.now(), Pace()))
    failed = {
        media_id: outcome
        for media_id, outcome in readings.items()
        if outcome is not FixityOutcome.INTACT
    }
    return FixityReport(len(readings), failed)


def check_due(
    database: db.Database, blobs: LocalBlobs, read_before: datetime, pace: Pace
) -> Iterator[tuple[str, FixityOutcome]]:
    """Read the files that were not read since then, and give each item with what was found."""
    while True:
        with database.read() as session:
            items = db.fixity.due(session, read_before, AT_ONCE)
        if not items:
            return
        for item in items:
            outcome, digest = _read(blobs.path(item.sha256), item.sha256, pace)
            if outcome is FixityOutcome.MISSING and blobs.is_empty():
                raise NoFilesThere("No stored file is there: is the disk that they are on mounted?")
            with database.write() as session:
                _keep(session, item.id, outcome, digest)
            yield item.id, outcome


def _keep(session: Session, media_id: str, outcome: FixityOutcome, digest: str | None) -> None:
    db.in_commit_order(session)
    if db.media.find(session, media_id) is None:  # deleted while it was read
        return
    db.fixity.keep(session, media_id, outcome, digest)
    told = db.fixity.open_faults(session, (FaultKind.FIXITY,))
    name = f"{FaultKind.FIXITY} media/{media_id}"
    if outcome is FixityOutcome.INTACT:
        if name in told:
            session.delete(told[name])
    elif name not in told:
        fault = Fault(FaultKind.FIXITY, f"media/{media_id}", None, _WORDS[outcome])
        integrity.tell(session, fault, media_id)
        attention.open(session, media_id, AttentionReason.FIXITY_FAILED, {"outcome": outcome.value})


def _read(path: Path, sha256: str, pace: Pace) -> tuple[FixityOutcome, str | None]:
    try:
        digest = _hashed(path, pace)
    except FileNotFoundError:
        return FixityOutcome.MISSING, None
    except OSError:
        return FixityOutcome.UNREADABLE, None
    same = digest == sha256
    return FixityOutcome.INTACT if same else FixityOutcome.ALTERED, digest


def _hashed(path: Path, pace: Pace) -> str:
    digest, stop = hashlib.sha256(), pace.stop or threading.Event()
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            digest.update(data)
            pause_s = len(data) / pace.bytes_a_second if pace.bytes_a_second else 0.0
            if stop.wait(pause_s) if pause_s else stop.is_set():
                raise Stopped
    return digest.hexdigest()
