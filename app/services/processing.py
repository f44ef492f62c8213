"""An upload's way to `ready` or `failed`: fingerprint it, make it findable, find what it matches.

Each step looks into the database for whether it was taken already, so a job that is run again, or
run by two workers at once, leaves one fingerprint, one match a pair and one event each.
"""

import time
from typing import Any

import structlog

from app import db
from app.core.errors import DecoderCrashed, Unreadable
from app.schemas.enums import EventType, MatchFound, MediaStage
from app.services import events, known, provenance, recording
from app.services.heavy import Bench, Found, Made

PROGRESS_EVERY_S = 1.0
FINGERPRINT_SHARE = 0.9
GIVEN_UP = "Several tries came to no end; the log has the causes. Try again when they are mended."

log = structlog.get_logger(__name__)


def process(database: db.Database, bench: Bench, media_id: str) -> None:
    """Bring one upload to its end; `ready` says that it is findable, was read and searched for."""
    started = time.monotonic()
    with database.write() as session:
        item = db.processing.begin(session, media_id)
    if item is None:
        return
    try:
        if not _has_fingerprint(database, bench.algorithm, media_id):
            shown = _Progress(database, media_id)
            made = bench.fingerprint(media_id, item.sha256, shown)
            if not _store(database, media_id, made):
                return
    except Unreadable as error:
        # What cannot be shown may still say where it is from.
        provenance.read(database, bench, media_id)
        _fail(database, media_id, "fingerprint", error)
        return
    provenance.read(database, bench, media_id)
    with database.write() as session:
        db.processing.show_stage(session, media_id, MediaStage.MATCHING)
    try:
        _conclude(database, media_id, bench.match(media_id))
    except Unreadable as error:
        _fail(database, media_id, "match", error)
        return
    log.info("media.ready", media_id=media_id, seconds=round(time.monotonic() - started, 2))


def give_up(database: db.Database, media_id: str) -> None:
    """End an item whose job cannot be brought to an end."""
    _fail(database, media_id, "job", DecoderCrashed(GIVEN_UP))


class _Progress:
    """Shows the share of the work done, at most once a second."""

    def __init__(self, database: db.Database, media_id: str) -> None:
        self._database, self._media_id = database, media_id
        self._shown_at = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._shown_at < PROGRESS_EVERY_S:
            return
        self._shown_at = time.monotonic()
        with self._database.write() as session:
            db.processing.show_progress(session, self._media_id, share * FINGERPRINT_SHARE)


def _has_fingerprint(database: db.Database, algorithm: str, media_id: str) -> bool:
    with database.read() as session:
        return db.fingerprints.of_media(session, media_id, algorithm) is not None


def _store(database: db.Database, media_id: str, made: Made) -> bool:
    """Keep the fingerprint; false if the item is gone or was brought to its end meanwhile."""
    encoded = made.encoded.read_bytes()
    made.encoded.unlink()
    with database.write() as session:
        # Before any row is locked: who held the row and waited for the order could block others.
        db.in_commit_order(session)
        item = db.processing.unfinished(session, media_id)
        if item is None:
            return False
        if db.fingerprints.of_media(session, media_id, made.algorithm):
            return True
        session.add(
            db.fingerprints.StoredFingerprint(
                media_id=media_id, algorithm=made.algorithm, frames=made.frames, encoded=encoded
            )
        )
        db.processing.keep_info(item, made.info)
        item.progress = FINGERPRINT_SHARE
        known.shelve(session, media_id)
        events.publish(session, EventType.MEDIA_FINGERPRINTED, media_id, _fingerprinted(made))
    return True


def _fingerprinted(made: Made) -> dict[str, Any]:
    warnings = [] if made.voting_frames or made.has_sound else ["nothing_votes"]
    if made.sound_unknown:
        warnings.append("sound_unknown")
    return {
        "algorithm": made.algorithm,
        "duration_s": made.info.duration_ms / 1000,
        "usable_frames": made.voting_frames,
        "warnings": warnings,
    }


def _conclude(database: db.Database, media_id: str, found: Found) -> None:
    with database.write() as session:
        db.in_commit_order(session)
        if not db.processing.finish(session, media_id):
            return
        recording.record(session, media_id, found, MatchFound.UPLOAD)


def _fail(database: db.Database, media_id: str, stage: str, error: Unreadable) -> None:
    failure = {"code": error.code, "detail": str(error), "retryable": error.retryable}
    with database.write() as session:
        db.in_commit_order(session)
        if db.processing.fail(session, media_id, failure):
            told = {"stage": stage, "error_code": error.code, "retryable": error.retryable}
            events.publish(session, EventType.MEDIA_FAILED, media_id, told)
            known.shelve(session, media_id)
    log.info("media.failed", media_id=media_id, stage=stage, code=error.code)
