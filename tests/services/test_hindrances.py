"""What any item would meet is told from what only this one does."""

import errno
import os
import pickle
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.blobs.disk import unwritable_disk_named
from app.core.errors import DecoderCrashed
from app.db import Database
from app.errors import StorageFull
from app.services import hindrances
from app.services.heavy import BenchUnavailable
from app.services.index_client import IndexUnavailable


def _refused_by(database: Database, statement: str) -> Exception:
    """What the database says to a statement, as it arrives from a child process."""
    with pytest.raises(sa.exc.SQLAlchemyError) as raised, database.write() as session:
        session.execute(sa.text(statement))
    arrived: Exception = pickle.loads(pickle.dumps(raised.value))
    return arrived


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_takes_nothing_hinders_all(number: int) -> None:
    assert hindrances.for_all(OSError(number, os.strerror(number)))


def test_a_full_disk_hinders_all_by_its_other_name() -> None:
    with pytest.raises(StorageFull) as raised, unwritable_disk_named():
        raise OSError(errno.ENOSPC, "full")
    assert hindrances.for_all(raised.value)


@pytest.mark.parametrize("error", [IndexUnavailable("away"), BenchUnavailable("away")])
def test_what_the_work_needs_and_is_away_hinders_all(error: Exception) -> None:
    assert hindrances.for_all(error)


@pytest.mark.parametrize(
    "error",
    [
        DecoderCrashed("torn"),
        ValueError("odd"),
        FileNotFoundError(errno.ENOENT, "lost"),
        OSError(errno.EIO, "a bad sector"),
    ],
)
def test_what_one_file_does_is_its_own(error: Exception) -> None:
    assert not hindrances.for_all(error)


@pytest.mark.parametrize(
    "place", ["sqlite:////nowhere/at.db", "postgresql+psycopg://a@127.0.0.1:1"]
)
def test_a_database_that_is_away_hinders_all(place: str) -> None:
    assert hindrances.for_all(_refused_by(Database(place), "SELECT 1"))


def test_a_locked_database_hinders_all(database_url: str) -> None:
    first, second = Database(database_url), Database(database_url)
    if first.is_sqlite:
        sa.event.listen(second.engine, "connect", _impatient)
        wanted = "SELECT 1"
    else:
        wanted = "LOCK TABLE media NOWAIT"
    with first.write() as session:
        session.execute(sa.text("DELETE FROM media"))
        assert hindrances.for_all(_refused_by(second, wanted))
    first.close()
    second.close()


def _impatient(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=1")


def test_a_connection_that_is_ended_hinders_all(database_url: str) -> None:
    database = Database(database_url)
    if database.is_sqlite:
        pytest.skip("SQLite has no connections that somebody else ends")
    end = "SELECT pg_terminate_backend(pg_backend_pid())"
    assert hindrances.for_all(_refused_by(database, end))
    database.close()


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM nothing", "INSERT INTO media (id) VALUES (NULL)"]
)
def test_what_the_database_cannot_do_is_the_item_s_own(database_url: str, statement: str) -> None:
    database = Database(database_url)
    assert not hindrances.for_all(_refused_by(database, statement))
    database.close()


def test_a_full_database_hinders_all(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/full.db")
    sa.event.listen(database.engine, "connect", _small)
    assert hindrances.for_all(_refused_by(database, "CREATE TABLE one AS SELECT zeroblob(1000000)"))


def _small(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    connection.execute("PRAGMA max_page_count=2")
