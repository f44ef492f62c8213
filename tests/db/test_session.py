"""Transactions wait for each other, but not for ever."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import db
from app.db import Database, session


def test_waiting_for_a_turn_ends(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "BUSY_TIMEOUT_MS", 300)
    impatient = Database(database_url)
    with database.write() as holding:
        holding.execute(sa.text("SELECT 1"))
        db.in_commit_order(holding)
        with pytest.raises(OperationalError), impatient.write() as waiting:
            waiting.execute(sa.text("SELECT 1"))
            db.in_commit_order(waiting)
    impatient.close()
