"""Who lives, who is silent, and how long those who ended are remembered."""

from app import db
from app.db import Database
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
