"""`provenance import`: known material from a path on the desk's own machine, with its progress."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app import cli_start, db
from app.access import at_the_machine
from app.bootstrap import Parts, bootstrap
from app.schemas.import_enums import OVER, ImportKind, ImportState
from app.schemas.imports import ImportAnswer, ImportOptions, NewImport
from app.services import imports

LOOK_EVERY_S = 0.5
_NO_WORKER = "No worker runs: it begins when one does. Ctrl-C leaves the order as it is."


def import_known(
    path: Annotated[Path, typer.Argument(help="A folder, a manifest or a feed.", exists=True)],
    collection: Annotated[str | None, typer.Option(help="The collection it goes into.")] = None,
    kind: Annotated[
        ImportKind | None, typer.Option(help="If not a folder or a manifest by its look.")
    ] = None,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on with what comes into the folder later.")
    ] = False,
) -> None:
    """Import known material and show how far it is; exit code 1 if something failed, or it was cancelled.

    The workers do it, and go on if this command is ended.
    """
    parts = bootstrap(cli_start.settings_of_a_desk("import"))
    with cli_start.refusing():
        import_id = _order(parts, path.absolute(), collection, kind, watch=watch)
    answer = _follow(parts, import_id)
    for problem in answer.errors:
        where = f"line {problem.line}" if problem.line else problem.path
        typer.echo(f"{where}: {problem.state}: {problem.code}: {problem.error}")
    more = answer.failed + answer.skipped - len(answer.errors)
    if more > 0:
        typer.echo(f"{more} more failed or were skipped: GET {answer.links['errors']} lists all.")
    if answer.fault:
        typer.echo(answer.fault.error, err=True)
    parts.database.close()
    is_whole = not (answer.failed or answer.fault or answer.state is ImportState.CANCELLED)
    raise typer.Exit(0 if is_whole else 1)


def _order(
    parts: Parts, path: Path, collection: str | None, kind: ImportKind | None, *, watch: bool
) -> str:
    usual = ImportKind.FOLDER if path.is_dir() else ImportKind.MANIFEST
    wanted = NewImport(
        kind=kind or usual,
        path=str(path),
        collection=collection,
        options=ImportOptions(watch=watch),
    )
    # Whoever has a shell on the machine reads what they like; nothing leaves the named folder.
    place = imports.place_of(str(path), [path if path.is_dir() else path.parent])
    with parts.database.write() as session:
        import_id = imports.order(session, wanted, place, at_the_machine("cli")).id
        waits = not db.workers.any_alive(session, parts.settings.heartbeat_timeout_s)
    # Said once the order is kept: whoever reads it may end this command at once.
    if waits:
        typer.echo(_NO_WORKER, err=True)
    return import_id


def _follow(parts: Parts, import_id: str) -> ImportAnswer:
    """Show how far it is until it is over, or until a watched folder's first import is."""
    console = Console()
    with console.status("waiting") as shown:
        while True:
            with parts.database.read() as session:
                answer = imports.show(session, imports.get(session, import_id))
            watching = answer.state is ImportState.WATCHING and answer.finished_at is not None
            said = (
                f"{answer.state}: {answer.progress:.0%} of {answer.total}; {answer.added} added,"
                f" {answer.duplicates} duplicates, {answer.skipped} skipped, {answer.failed} failed"
            )
            if answer.state in OVER or watching:
                break
            shown.update(said)
            time.sleep(LOOK_EVERY_S)
    typer.echo(f"import {import_id}: {said}")
    return answer
