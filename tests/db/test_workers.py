"""Who lives, who is silent, and how long those who ended are remembered."""

from datetime import timedelta

from app import db
from app.db import Database
from app.db.workers import Worker
from app.services.heartbeat import FORGET_AFTER_S

TIMEOUT_S = 10.0


def test_who_signs_off_is_silent_at_once_and_remembered_like_others(database: Database) -> None:
    with database.write() as session:
        db.workers.beat(session, "ending", "here")
        assert db.workers.silent(session, TIMEOUT_S) == []
        db.workers.sign_off(session, "ending", TIMEOUT_S)
        assert db.workers.silent(session, TIMEOUT_S) == ["ending"]
        assert not db.workers.any_alive(session, TIMEOUT_S)
        db.workers.forget_silent(session, ["ending"], FORGET_AFTER_S)
        assert db.workers.silent(session, TIMEOUT_S) == ["ending"]
        db.workers.forget_silent(session, ["ending"], TIMEOUT_S)
        assert db.workers.silent(session, TIMEOUT_S) == []


def test_who_died_before_the_clock_was_set_back_is_silent_at_once(database: Database) -> None:
    with database.write() as session:
        for name in ("dead", "living"):
            session.add(Worker(id=name, host="here", beat_at=db.now() + timedelta(hours=1)))
    with database.write() as session:
        db.workers.beat(session, "living", "here")
        assert db.workers.any_alive(session, TIMEOUT_S)
        assert db.workers.first_alive(session, TIMEOUT_S) == "living"
        assert db.workers.silent(session, TIMEOUT_S) == ["dead"]
        db.workers.sign_off_ahead(session, ["dead", "living"], TIMEOUT_S)
    with database.read() as session:
        assert db.workers.silent(session, TIMEOUT_S) == ["dead"]
        beat_at = {row.id: row.beat_at for row in session.query(Worker)}
    assert beat_at["dead"] < db.now() - timedelta(seconds=TIMEOUT_S) < beat_at["living"]
