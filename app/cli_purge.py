"""`provenance purge`: what was purged and erased, and to do it again after a restore."""

import json
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from app import cli_start
from app.access import at_the_machine
from app.blobs.purge_list import PurgeList
from app.bootstrap import Parts, bootstrap
from app.services import reapplying

purge = typer.Typer(help="Purges and erasures, after a restore.", no_args_is_help=True)

Lists = Annotated[
    list[Path] | None,
    typer.Argument(exists=True, dir_okay=False, help="Lists to go by instead of the desk's own."),
]


@purge.command("list")
def show() -> None:
    """Print what was purged and erased, a line of JSON each."""
    for entry in _parts().purge_list.entries():
        typer.echo(json.dumps({name: each for name, each in entry.items() if name != "salt"}))


@purge.command()
def reapply(lists: Lists = None) -> None:
    """Purge and erase again what a restored backup has brought back; the workers must not run.

    Exit code 1 if something was refused, such as an item with a legal hold.
    """
    parts = _parts()
    sources = [PurgeList(path) for path in lists or []] or [parts.purge_list]
    # Read to its end first: what is done again is put on the desk's own list.
    entries = list(chain.from_iterable(map(_whole, sources)))
    done = reapplying.reapply(parts.shredder, entries, at_the_machine("cli"))
    typer.echo(f"{done.items} items, {done.notes} notes and {done.files} files removed again.")
    for line in done.refused:
        typer.echo(f"refused: {line}")
    raise typer.Exit(1 if done.refused else 0)


def _whole(source: PurgeList) -> list[dict[str, Any]]:
    """All of a list; another file by mistake would read as one on which nothing stands."""
    found = list(source.entries())
    if not found and source.path.exists() and source.path.stat().st_size:
        cli_start.refuse(f"{source.path} is no list of purges.")
    return found


def _parts() -> Parts:
    return bootstrap(cli_start.settings_of_a_desk("purge"))
