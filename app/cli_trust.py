"""`provenance trust`: import, list and remove trust lists on the desk's own machine, offline."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app import cli_start, db, services
from app.access import at_the_machine
from app.bootstrap import bootstrap
from app.core.provenance.values import TrustListKind
from app.schemas.trust_lists import NewTrustList

trust = typer.Typer(help="Trust lists for Content Credentials.", no_args_is_help=True)


@trust.command("import")
def import_list(
    file: Annotated[
        Path,
        typer.Argument(help="Certificates of authorities, in PEM.", exists=True, dir_okay=False),
    ],
    name: Annotated[str, typer.Option(help="What answers call it.")],
    kind: Annotated[TrustListKind, typer.Option(help="Whom it speaks for.")],
    dated: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date its publisher gives it.")
    ] = None,
) -> None:
    """Import a list; running workers then validate again what is signed."""
    parts = bootstrap(cli_start.settings_of_a_desk("trust"))
    day = dated.date() if dated else None
    try:
        # With its ends of lines, whatever they are: its hash is that of the file.
        pem = file.read_bytes().decode()
    except UnicodeDecodeError:
        cli_start.refuse("This is no text: a list holds certificates in PEM, not in DER.")
    with cli_start.refusing():
        wanted = NewTrustList(name=name, kind=kind, dated=day, pem=pem)
        with parts.database.write() as session:
            made = services.trust_lists.add(session, parts.jobs, wanted, at_the_machine("cli"))
    typer.echo(f"{made.name}: {len(made.authorities)} authorities, SHA-256 {made.sha256}")


@trust.command("list")
def show() -> None:
    """List the trust lists in force."""
    database = db.Database(cli_start.settings_of_a_desk("trust").resolved_database_url)
    with database.read() as session:
        for each in db.trust_lists.in_force(session):
            dated = each.dated.isoformat() if each.dated else "undated"
            typer.echo(f"{each.id}  {each.kind}  {each.name}  {dated}  SHA-256 {each.sha256}")


@trust.command()
def remove(list_id: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")]) -> None:
    """Take a list out of force; running workers then validate again what is signed."""
    parts = bootstrap(cli_start.settings_of_a_desk("trust"))
    with cli_start.refusing(), parts.database.write() as session:
        services.trust_lists.remove(session, parts.jobs, list_id, at_the_machine("cli"))
