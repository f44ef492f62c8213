"""Fingerprint anew what an older algorithm fingerprinted, one item at a time, beside all other work.

Fingerprints of different algorithms are never compared. So an item's old fingerprint stays known
until its new one is; uploads made in between say how many known items they could not be compared
with, and once all new fingerprints are known they are searched for again. Only then are the old
ones removed. Every step is read off the rows, so it may be killed anywhere and goes on from there.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from app import db
from app.blobs.local import LocalBlobs
from app.core.errors import CoreError, Unreadable
from app.schemas.enums import MatchFound
from app.services import hindrances, known, leftovers, provenance, recording, upgrades
from app.services.heavy import Bench, Made

AT_ONCE = 200
PAUSE_S = 2.0
LOST = "A file of this item is missing or cannot be read; restore it, then ask again."
UNEXPECTED = (
    "This item cannot be done anew: an error that nobody expected; the worker's log names it."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upgrader:
    """One worker's part in an upgrade: to which algorithm, and whose name stands on what it takes."""

    database: db.Database
    blobs: LocalBlobs
    algorithm: str
    worker_id: str
    heartbeat_timeout_s: float

    @property
    def alive_since(self) -> datetime:
        """A worker that was last heard of before has died."""
        return db.now() - timedelta(seconds=self.heartbeat_timeout_s)


def has_work(mine: Upgrader) -> bool:
    """Say whether there is a step that this worker could take."""
    with mine.database.read() as session:
        waiting = db.refingerprints.waiting(session, mine.algorithm)
        if not waiting:
            return bool(db.refingerprints.superseded(session, mine.algorithm, 1))
        free = db.refingerprints.free(mine.algorithm, mine.worker_id, mine.alive_since)
        return db.refingerprints.first(session, free) is not None


def run(
    mine: Upgrader,
    open_bench: Callable[[], AbstractContextManager[Bench]],
    stop: threading.Event,
) -> None:
    """Plan once, then upgrade whenever there is something to do, until told to stop.

    A bench is open only while there is. Two workers of different algorithms that run side by side
    must not undo each other's work for ever, hence once.
    """
    planned = False
    while not stop.wait(PAUSE_S):
        try:
            if not planned:
                _plan(mine)
                planned = True
            if has_work(mine):
                with open_bench() as bench:
                    while not stop.is_set() and step(mine, bench):
                        pass
        except Exception:
            log.exception("refingerprinting.interrupted")


def _plan(mine: Upgrader) -> None:
    put = upgrades.plan(mine.database, mine.algorithm)
    if put:
        log.warning("refingerprinting.planned", items=put, algorithm=mine.algorithm)


def step(mine: Upgrader, bench: Bench) -> bool:
    """Take the next step of the upgrade; false when there is none for this worker now."""
    with mine.database.write() as session:
        free = db.refingerprints.free(mine.algorithm, mine.worker_id, mine.alive_since)
        row = db.refingerprints.first(session, free)
        if row is not None:
            row.taken_by = mine.worker_id
    if row is not None:
        _refingerprint(mine, bench, row.media_id)
        return True
    with mine.database.read() as session:
        if db.refingerprints.waiting(session, mine.algorithm):
            return False  # another worker has the rest
        missed = db.refingerprints.next_incomplete(session, mine.algorithm)
        old = db.refingerprints.superseded(session, mine.algorithm, AT_ONCE)
    if missed is not None:
        _search_again(mine, bench, missed)
    elif old:
        with mine.database.write() as session:
            db.fingerprints.delete(session, old)
    return bool(missed or old)


def _refingerprint(mine: Upgrader, bench: Bench, media_id: str) -> None:
    with mine.database.read() as session:
        item = db.media.find(session, media_id)
    if item is None:
        # Purged: the end of that, which empties the queue of it, may be long in coming.
        with mine.database.write() as session:
            db.refingerprints.finish(session, media_id)
        return
    work = partial(bench.fingerprint, media_id, item.sha256, lambda _share: None)
    made = hindrances.tried(work, partial(_fail, mine, media_id))
    if made is None:
        return
    if not _store(mine.database, media_id, made):
        # It had one: then it is here because searching for it again failed before.
        _search_again(mine, bench, media_id)
    # What it says of its origin could not be read beside a fingerprint of an earlier form.
    provenance.read(mine.database, bench, media_id)
    leftovers.drop_derived(mine.database, mine.blobs, media_id)
    log.info("refingerprinting.item", media_id=media_id)


def _store(database: db.Database, media_id: str, made: Made) -> bool:
    """Put the new fingerprint beside the old one; from this commit on it is the one known.

    False if the item's newest fingerprint was of this algorithm already.
    """
    encoded = made.encoded.read_bytes()
    made.encoded.unlink()
    with database.write() as session:
        db.in_commit_order(session)
        item = db.media.lock(session, media_id)
        if item is None:
            return True
        db.processing.keep_info(item, made.info)
        db.refingerprints.finish(session, media_id)
        newest = db.fingerprints.of_media(session, media_id)
        if newest is not None and newest.algorithm == made.algorithm:
            return False
        again = db.fingerprints.of_media(session, media_id, made.algorithm)
        if again is not None:  # an upgrade was taken back: this one must be the newest
            db.fingerprints.delete(session, [again.number])
        session.add(
            db.fingerprints.StoredFingerprint(
                media_id=media_id, algorithm=made.algorithm, frames=made.frames, encoded=encoded
            )
        )
        known.shelve(session, media_id)
    return True


def _search_again(mine: Upgrader, bench: Bench, media_id: str) -> None:
    found = hindrances.tried(partial(bench.match, media_id), partial(_fail, mine, media_id))
    if found is None:
        return
    with mine.database.write() as session:
        db.in_commit_order(session)
        if db.media.lock(session, media_id) is not None:
            recording.record(session, media_id, found, MatchFound.RECHECK)
    log.info("refingerprinting.searched_again", media_id=media_id, matches=len(found.hits))


def _fail(mine: Upgrader, media_id: str, error: Exception) -> None:
    """Leave the item as it is, for a person to look at; its old fingerprint stays known."""
    failure = {"code": "internal", "detail": UNEXPECTED}
    if isinstance(error, Unreadable):
        failure = {"code": error.code, "detail": str(error)}
    elif isinstance(error, CoreError | OSError):
        failure = {"code": "file_lost", "detail": LOST}
    with mine.database.write() as session:
        if db.media.lock(session, media_id) is not None:
            db.refingerprints.fail(session, media_id, mine.algorithm, failure)
    log.warning(
        "refingerprinting.item_failed", media_id=media_id, code=failure["code"], error=repr(error)
    )
