"""Bring a database to a revision, and say which one it is at, without a configuration file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db import Database

HERE = Path(__file__).parent


def upgrade(url: str, revision: str = "head", scripts: Path = HERE) -> None:
    """Apply every migration up to `revision`, or none: a failure leaves the schema as it was.

    Processes that start together may all call this; the first one migrates, the others wait.
    """
    command.upgrade(_configuration(url, scripts), revision)


def downgrade(url: str, revision: str, scripts: Path = HERE) -> None:
    """Undo every migration after `revision`; "base" empties the database of our tables."""
    command.downgrade(_configuration(url, scripts), revision)


def current_revision(url: str) -> str | None:
    """The revision that the database is at; `None` before its first migration."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        database.close()


def head_revision(scripts: Path = HERE) -> str | None:
    """The newest revision that this version of the service has."""
    return ScriptDirectory.from_config(_configuration("", scripts)).get_current_head()


def is_current(url: str) -> bool:
    """Whether the database is at the revision that this version of the service needs."""
    return current_revision(url) == head_revision()


def _configuration(url: str, scripts: Path) -> Config:
    configuration = Config(attributes={"url": url})
    # "%" starts an interpolation in Alembic's configuration values.
    configuration.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return configuration
