"""Transactions wait for each other, but not for ever."""

import traceback

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from app import db
from app.db import Database, session
from app.schemas.enums import CollectionKind


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


def test_an_error_tells_no_values(database: Database) -> None:
    slug, title = "archive", "Oleksandr Kovalenko"
    with pytest.raises(IntegrityError) as caught, database.write() as writing:
        for _ in range(2):
            made = db.collections.Collection(slug=slug, title=title, kind=CollectionKind.ARCHIVE)
            writing.add(made)
            writing.flush()
    written = "".join(traceback.format_exception(caught.value))
    assert "slug" in written
    assert "(archive)" not in written
    with pytest.raises(IntegrityError) as caught, database.write() as writing:
        insert = sa.text("INSERT INTO collections (id, slug, title) VALUES ('a', 'b', :title)")
        writing.execute(insert, {"title": title})
    assert title not in "".join(traceback.format_exception(caught.value))
