"""`provenance trust`: import, list and remove trust lists on the desk's own machine, offline."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app import db, services
from app.access import at_the_machine
from app.bootstrap import bootstrap
from app.core.provenance.values import TrustListKind
from app.errors import ServiceError
from app.schemas.trust_lists import NewTrustList
from app.settings import Settings

trust = typer.Typer(help="Trust lists for Content Credentials.", no_args_is_help=True)


@trust.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="Certificates of authorities, in PEM.", exists=True)],
    name: Annotated[str, typer.Option(help="What answers call it.")],
    kind: Annotated[TrustListKind, typer.Option(help="Whom it speaks for.")],
    dated: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date its publisher gives it.")
    ] = None,
) -> None:
    """Import a list; running workers then validate again what is signed."""
    parts = bootstrap(Settings())
    wanted = NewTrustList(
        name=name, kind=kind, dated=dated.date() if dated else None, pem=file.read_bytes().decode()
    )
    try:
        with parts.database.write() as session:
            made = services.trust_lists.add(session, parts.jobs, wanted, at_the_machine("cli"))
    except ServiceError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{made.name}: {len(made.authorities)} authorities, SHA-256 {made.sha256}")


@trust.command("list")
def show() -> None:
    """List the trust lists in force."""
    database = db.Database(Settings().resolved_database_url)
    with database.read() as session:
        for each in db.trust_lists.in_force(session):
            dated = each.dated.isoformat() if each.dated else "undated"
            typer.echo(f"{each.id}  {each.kind}  {each.name}  {dated}  SHA-256 {each.sha256}")


@trust.command()
def remove(list_id: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")]) -> None:
    """Take a list out of force; running workers then validate again what is signed."""
    parts = bootstrap(Settings())
    try:
        with parts.database.write() as session:
            services.trust_lists.remove(session, parts.jobs, list_id, at_the_machine("cli"))
    except ServiceError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from error
