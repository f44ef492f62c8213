"""What the first start hands over once: an admin key, and the link of a first sign-in."""

import os
from pathlib import Path

import typer
from rich.console import Console
from rich.panel import Panel
from sqlalchemy.orm import Session

from app import cli_people, db, services
from app.access import Role, at_the_machine
from app.settings import Settings

KEY_FILE_MODE = 0o600


def hand_over(settings: Settings, to_file: Path | None) -> None:
    """Make the first admin key if there is none at all, and a first sign-in beside it."""
    database = db.Database(settings.resolved_database_url)
    with database.write() as session:
        db.exclusively(session, "first key")
        if db.keys.any_exists(session):
            return
        made = services.keys.create(
            session, name="first admin", role=Role.ADMIN, maker=at_the_machine("first start")
        )
        # Inside the transaction: what could not be handed over must not exist.
        if to_file is None:
            _show(session, settings, made.token)
        else:
            _write(made.token, to_file)
    database.close()


def _show(session: Session, settings: Settings, token: str) -> None:
    title = "First admin key: shown this once, keep it"
    Console(soft_wrap=True).print(Panel(token, title=title, expand=False))
    link = cli_people.first_link(session, settings)
    if link is not None:
        typer.echo(f"First sign-in: set the password of '{cli_people.FIRST_LOGIN}' within a day at")
        typer.echo(link)


def _write(token: str, to_file: Path) -> None:
    to_file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(to_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, KEY_FILE_MODE)
    os.fchmod(handle, KEY_FILE_MODE)  # a file that was there has kept its own
    with os.fdopen(handle, "w") as file:
        file.write(f"{token}\n")
    typer.echo(f"The first admin key is in {to_file}. For a first sign-in: provenance people add")
