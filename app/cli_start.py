"""What commands begin with: settings, and a desk that is there; and how they refuse, in a line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from app import db, telemetry
from app.db import Database
from app.errors import ServiceError
from app.settings import Settings
from migrations.newest import needed_revision

PREFIX = Settings.model_config["env_prefix"]
# Not for the desk itself: read by `up` alone, given to child processes, and for tests.
_OTHERS = ("FIRST_KEY_FILE", "PARENT_PID", "TEST_")
_STARTS = {"up", "work", "migrate"}


def settings(process: str) -> Settings:
    """What the environment sets; what is wrong with it is said by the names it has there."""
    if process in _STARTS:
        for name in _misnamed():
            typer.echo(f"{name} is no setting, and changes nothing.", err=True)
    try:
        found = Settings()
    except ValidationError as error:
        for line in _wrong(error):
            typer.echo(line, err=True)
        raise typer.Exit(2) from None
    telemetry.configure(as_json=found.log_json, process=process)
    return found


def settings_of_a_desk(process: str) -> Settings:
    """The same for a command that makes no desk, but works on one that is there."""
    found = settings(process)
    # Else SQLite would make an empty database, and the command a folder, wherever it is started.
    if not found.database_url and not found.embedded_database.exists():
        folder = found.data_dir.absolute()
        refuse(f"There is no desk in {folder} (PROVENANCE_DATA_DIR): `provenance up` makes one.")
    database = Database(found.resolved_database_url)
    try:
        with database.read() as session:
            revision = db.schema.revision(session)
    except OperationalError as error:
        refuse(f"The database cannot be opened: {error.orig}")
    finally:
        database.close()
    if revision != needed_revision():
        refuse("The database has not the schema of this version: run `provenance migrate` first.")
    return found


def _misnamed() -> list[str]:
    ours = {name.upper().removeprefix(PREFIX) for name in os.environ if _has_prefix(name)}
    known = {name.upper() for name in Settings.model_fields}
    return sorted(f"{PREFIX}{name}" for name in ours - known if not name.startswith(_OTHERS))


def _has_prefix(name: str) -> bool:
    return name.upper().startswith(PREFIX)  # settings are read whatever the case of their names


def refuse(why: str) -> NoReturn:
    """End the command."""
    typer.echo(why, err=True)
    raise typer.Exit(1)


@contextmanager
def refusing() -> Iterator[None]:
    """A refusal in the block ends the command with what it says."""
    try:
        yield
    except ServiceError as error:
        refuse(error.detail)
    except ValidationError as error:
        refuse("\n".join(_faults(error)))
    except ValueError as error:
        refuse(str(error))


def _faults(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_context=False):
        told = each["msg"].removeprefix("Value error, ")
        yield f"{each['loc'][-1]}: {told}" if each["loc"] else told


def _wrong(error: ValidationError) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for each in error.errors(include_url=False, include_context=False):
        name = str(each["loc"][0])
        is_own = name in Settings.model_fields
        in_environment = f"{PREFIX}{name.upper()}" if is_own else name
        told.setdefault(in_environment, []).append(each["msg"])
    for name, messages in told.items():
        yield f"{name}: {', or: '.join(messages)}"
