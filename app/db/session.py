"""Engine and sessions. A session is one transaction; writes take the write lock at their start.

SQLite refuses to turn a read transaction into a write one while another writes ("database is
locked", the busy timeout ignored), so a unit of work says at its start whether it writes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

import app.sqlite  # noqa: F401  (puts a new enough SQLite in place before an engine is made)

BUSY_TIMEOUT_MS = 30_000
POOL_SIZE = 20

# Values stay out of errors, and so out of logs: secrets and what people wrote are among them.
_COMMON: dict[str, Any] = {
    "pool_size": POOL_SIZE,
    "max_overflow": POOL_SIZE,
    "hide_parameters": True,
}

_COMMIT_ORDER_LOCK = 0x50_44_53_51  # any constant that no other lock of ours uses


class Database:
    """The two ways to open a transaction: `read()` and `write()`."""

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)
        self._writing = self.engine.execution_options(write=True)
        # SQLite's readers see one state by nature.
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading = self.engine.execution_options(**options)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded default is in use."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only unit of work on one state of the database; nothing in it is committed."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit of work, committed when the block ends without an error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Return every connection."""
        self.engine.dispose()


def in_commit_order(session: Session) -> None:
    """From here to its commit, this transaction is the only one that draws sequence numbers.

    Readers that follow a sequence would otherwise skip a number that commits late. SQLite has one
    writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": _COMMIT_ORDER_LOCK})


def exclusively(session: Session, name: str) -> None:
    """From here to its commit, this transaction is the only one that works on `name`.

    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        statement = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        session.execute(statement, {"name": name})


def _make_engine(url: str) -> sa.Engine:
    if not url.startswith("sqlite"):
        engine = sa.create_engine(url, pool_pre_ping=True, **_COMMON)
        event.listen(engine, "connect", _configure_postgresql)
        event.listen(engine, "handle_error", _leave_values_out)
        return engine
    engine = sa.create_engine(url, **_COMMON)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_postgresql(connection: Any, _record: Any) -> None:
    # As patient as SQLite; and a process that was stopped in mid-transaction holds up nobody long.
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute(f"SET idle_in_transaction_session_timeout = {2 * BUSY_TIMEOUT_MS}")
    connection.commit()


def _leave_values_out(context: sa.ExceptionContext) -> None:
    # Behind an error's first line PostgreSQL quotes the row: see `_COMMON`.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the "begin" hook below starts transactions, not the driver
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is purged is not to be read from the file either
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
