"""`provenance audit`: verify the record, seal it, and read the stored files again."""

from typing import Annotated

import typer

from app import cli_start
from app.bootstrap import Parts, bootstrap
from app.db import Database
from app.services import chain_beginning, fixity, integrity, verifying
from app.settings import Settings

commands = typer.Typer(help="The audit chain and the stored files.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]


@commands.command()
def verify(*, as_json: AsJson = False) -> None:
    """Verify the chain, the rows it vouches for and the checkpoints; exit code 1 if any is wrong."""
    parts = _parts()
    report = verifying.verify(parts.database, parts.trusted)
    integrity.note(parts.database, report)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        seconds = report.duration_ms / 1000
        typer.echo(f"{report.entries} entries hang together, read in {seconds:.1f} s.")
        typer.echo(f"The last one's hash: {report.head}")
        keys = ", ".join(report.keys) or "none"
        typer.echo(
            f"Sealed through entry {report.sealed_through};"
            f" checkpoints: {report.checkpoints}; keys: {keys}."
        )
        for fault in report.faults:
            where = f" (entry {fault.seq})" if fault.seq else ""
            typer.echo(f"WRONG: {fault.object}{where}: {fault.detail}")
        typer.echo("Everything is as it was recorded." if report.ok else "Something was altered.")
    raise typer.Exit(0 if report.ok else 1)


@commands.command(name="fixity")
def read_files() -> None:
    """Read and hash every stored file again; exit code 1 if one is not as it arrived."""
    parts = _parts()
    try:
        report = fixity.check_all(parts.database, parts.blobs)
    except fixity.NoFilesThere as error:
        typer.echo(f"WRONG: {error}")
        raise typer.Exit(1) from error
    for media_id, outcome in report.failed.items():
        typer.echo(f"WRONG: media/{media_id}: {outcome}")
    typer.echo(f"{report.checked} files read, {len(report.failed)} not as they arrived.")
    raise typer.Exit(1 if report.failed else 0)


@commands.command()
def seal() -> None:
    """Make a checkpoint now, such as before a backup; its file is named."""
    parts = _parts()
    made = parts.sealer.seal()
    if made is None:
        typer.echo("Nothing was added since the last checkpoint.")
    else:
        typer.echo(str(parts.sealer.folder.file(made.number, "json")))


def begin(settings: Settings) -> None:
    """Begin the chain of a desk that has none, with the rows that it has."""
    database = Database(settings.resolved_database_url)
    chain_beginning.begin(database)
    database.close()


def _parts() -> Parts:
    return bootstrap(cli_start.settings_of_a_desk("audit"))
