"""The `provenance` command: set up, run, and hand out keys."""

from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvicorn

from app import (
    cli_audit,
    cli_first,
    cli_hashes,
    cli_imports,
    cli_people,
    cli_purge,
    cli_start,
    cli_trust,
    db,
    services,
)
from app.access import Role, at_the_machine
from app.bootstrap import bootstrap, make_folders
from app.jobs import migrate_jobs
from app.private_files import keep_files_private
from app.schemas.keys import NewKeyRequest
from app.settings import Settings
from workers import main as workers
from workers.parent import follow_supervisor, stop_signal

SHUTDOWN_GRACE_S = 3

main = typer.Typer(
    help="Provenance Desk: finds re-used footage, shows what was done to it, keeps the record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="API keys.", no_args_is_help=True)
main.add_typer(keys, name="keys")
main.add_typer(cli_people.commands, name="people")
main.add_typer(cli_audit.commands, name="audit")
main.add_typer(cli_purge.purge, name="purge")
main.add_typer(cli_trust.trust, name="trust")
main.command("import")(cli_imports.import_known)
main.add_typer(cli_hashes.hashes, name="hashes")

log = structlog.get_logger(__name__)

FirstKeyFile = Annotated[
    Path | None,
    typer.Option(
        envvar="PROVENANCE_FIRST_KEY_FILE",
        help="Write the first admin key to this file (mode 0600) instead of printing it.",
    ),
]


@main.callback()
def begin(context: typer.Context) -> None:
    """Take the same care for every command."""
    # What this one makes is no part of the desk, but somebody's own sheet.
    if context.invoked_subcommand != "compare":
        keep_files_private()


@main.command()
def up(first_key_file: FirstKeyFile = None) -> None:
    """Set up what is missing, then run the API and the workers until Ctrl-C."""
    settings = cli_start.settings("up")
    stop = stop_signal()
    _migrate(settings)
    cli_first.hand_over(settings, first_key_file)
    log.info("desk.starting", address=f"http://{settings.host}:{settings.port}")
    workers.run(stop, with_api=True)


@main.command()
def serve() -> None:
    """Run the API alone; the database must have been migrated."""
    follow_supervisor()
    settings = cli_start.settings_of_a_desk("api")
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        access_log=False,
        ws="none",
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
    )


@main.command()
def work() -> None:
    """Run the workers alone; the database must have been migrated."""
    settings = cli_start.settings_of_a_desk("work", may_be_away=True)
    make_folders(settings)
    workers.run(stop_signal(), with_api=False)


@main.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    _migrate(cli_start.settings("migrate"))
    typer.echo("The database is at the current schema.")


@main.command()
def sweep(
    *, remove: Annotated[bool, typer.Option("--remove", help="Remove them.")] = False
) -> None:
    """List files older than a day that no item refers to: kill -9 and lost disks leave them."""
    parts = bootstrap(cli_start.settings_of_a_desk("sweep"))
    found = services.leftovers.find(parts.database, parts.blobs)
    for name in (*found.contents, *found.derived):
        typer.echo(name)
    said = "found; --remove removes them"
    if remove:
        left = services.leftovers.remove(parts.database, parts.blobs, found)
        stay = len(left.contents) + len(left.derived)
        said = f"looked at; {stay} could not be removed" if stay else "removed"
    typer.echo(f"{len(found.contents)} contents and {len(found.derived)} derived folders {said}")
    if remove and stay:
        raise typer.Exit(1)


@main.command()
def compare(
    query: Annotated[Path, typer.Argument(help="The clip, still or sound that is asked about.")],
    known: Annotated[Path, typer.Argument(help="What is searched for in it.")],
    *,
    out: Annotated[Path, typer.Option(help="Where the contact sheet goes.")] = Path("sheet.jpg"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")] = False,
) -> None:
    """Say what the first file shares with the second, and draw it; exit code 1 if nothing."""
    # The API runs by this module too, and must not carry decoders and models.
    from app.core.presentation.command import run  # noqa: PLC0415

    raise typer.Exit(run(query, known, out, as_json=as_json))


@main.command()
def refingerprint(
    *, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is.")] = False
) -> None:
    """Fingerprint anew what another algorithm fingerprinted, in the workers' spare time.

    Workers begin by themselves when their algorithm changed; this shows how far they are, and lets
    them try again what failed.
    """
    # The API runs by this module too, and must not carry decoders and models.
    from app.core.fingerprints.describe import algorithm_of, default_describers  # noqa: PLC0415

    settings = cli_start.settings_of_a_desk("refingerprint")
    algorithm = algorithm_of(default_describers(settings.sscd_model, settings.sscd_view_model))
    database = db.Database(settings.resolved_database_url)
    if not dry_run:
        services.upgrades.try_failed_again(database, algorithm)
        services.upgrades.plan(database, algorithm)
    with database.read() as session:
        now = services.upgrades.progress(session)
    old = len(services.upgrades.outdated(database, algorithm))
    typer.echo(f"Algorithm: {algorithm}")
    typer.echo(f"{now.items - old} of {now.items} items have its fingerprint; {now.waiting} wait.")
    for media_id, failure in now.failures.items():
        typer.echo(f"{media_id} failed: {failure['code']}: {failure['detail']}")
    database.close()


@keys.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key may do.")],
    name: Annotated[str, typer.Option(help="Who holds it.")],
) -> None:
    """Make an API key and print it; it cannot be shown again."""
    database = db.Database(cli_start.settings_of_a_desk("keys").resolved_database_url)
    with cli_start.refusing(), database.write() as session:
        wanted = NewKeyRequest(name=name, role=role)
        made = services.keys.create(session, wanted.name, role, maker=at_the_machine("cli"))
    typer.echo(made.token)


def _migrate(settings: Settings) -> None:
    # Before any worker: two that first-start together on a new SQLite file get in each other's way.
    # The API runs by this module too, and migrates nothing.
    import migrations.run  # noqa: PLC0415

    make_folders(settings)
    try:
        migrations.run.upgrade(settings.resolved_database_url)
    except migrations.run.UnknownRevision as error:
        cli_start.refuse(
            f"The database is of a newer version, and the only way back is a backup: {error}"
        )
    migrate_jobs(settings.resolved_database_url)
    cli_audit.begin(settings)
