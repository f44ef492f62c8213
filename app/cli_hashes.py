"""`provenance hashes`: import lists of others' hashes on the desk's own machine, offline."""

from pathlib import Path
from typing import Annotated

import typer

from app import cli_start
from app.access import at_the_machine
from app.bootstrap import bootstrap
from app.core.exchange.hash_lines import ListReader
from app.core.exchange.listed_hashes import HashKind
from app.schemas.hash_lists import NewHashList
from app.services import hash_lists
from app.services.hash_lists import TextImport

hashes = typer.Typer(help="Lists of others' hashes.", no_args_is_help=True)


@hashes.callback()
def _group() -> None:
    """Keep `import` a command of its own, though it is the only one."""


@hashes.command("import")
def import_list(
    file: Annotated[
        Path, typer.Argument(help="Text or CSV, one hash a line.", exists=True, dir_okay=False)
    ],
    slug: Annotated[str, typer.Option("--list", help="The list; made if there is none.")],
    kind: Annotated[
        HashKind | None, typer.Option(help="What bare hashes are, where length does not say.")
    ] = None,
    video: Annotated[str, typer.Option(help="The video that vPDQ lines are of.")] = "",
) -> None:
    """Add a file's hashes to a list; running workers then compare every item with them."""
    parts, actor = bootstrap(cli_start.settings_of_a_desk("hashes")), at_the_machine("cli")
    with cli_start.refusing():
        with parts.database.write() as session:
            wanted = NewHashList(slug=slug, title=slug)
            if not hash_lists.exists(session, slug):
                hash_lists.create(session, wanted, actor)
        taken = TextImport(parts.database, slug, ListReader(kind, video))
        with file.open(encoding="utf-8", errors="replace") as lines:
            taken.feed(lines)
        done = taken.finish(actor)
    for each in done.faulty:
        typer.echo(f"line {each.line}: {each.error}", err=True)
    typer.echo(f"{slug}: {done.added} added, {done.already} there, {done.faulty_n} faulty")
    if done.faulty_n:
        raise typer.Exit(2)
