"""Bring a database to a revision, without a configuration file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

HERE = Path(__file__).parent


class UnknownRevision(Exception):
    """The database is at a revision that this version does not have."""


def upgrade(url: str, revision: str = "head", scripts: Path = HERE) -> None:
    """Apply every migration up to `revision`, or none: a failure leaves the schema as it was.

    Processes that start together may all call this; the first one migrates, the others wait. What a
    newer version left is an UnknownRevision.
    """
    try:
        command.upgrade(_configuration(url, scripts), revision)
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise UnknownRevision(str(error)) from error
        raise


def downgrade(url: str, revision: str, scripts: Path = HERE) -> None:
    """Undo every migration after `revision`; "base" empties the database of our tables."""
    command.downgrade(_configuration(url, scripts), revision)


def _configuration(url: str, scripts: Path) -> Config:
    configuration = Config(attributes={"url": url})
    # "%" starts an interpolation in Alembic's configuration values.
    configuration.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return configuration
