"""`provenance people`: who signs in at the desk, handled by somebody with a shell on its machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from app import cli_start, db
from app.access import Actor, Role, at_the_machine
from app.schemas.people import NewPerson
from app.services import people
from app.settings import Settings

commands = typer.Typer(help="People who sign in at the desk.", no_args_is_help=True)

FIRST_LOGIN = "admin"
AT_ONCE = 200

Login = Annotated[str, typer.Argument(help="The name that they sign in by.")]


@commands.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="What records and histories call them.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
) -> None:
    """Add somebody and print the link by which they set their password, once within 24 hours."""
    settings, maker = _settings(), at_the_machine("cli")
    with _writing(settings) as session:
        wanted = NewPerson(login=login, name=name, role=role)
        person = people.add(session, maker, wanted)
        made = link_for(session, settings, maker, person.id)
    typer.echo(made)


@commands.command("list")
def show() -> None:
    """Print everybody: name to sign in by, role, state and name."""
    with _writing(_settings()) as session:
        cursor, more = None, True
        while more:
            page = db.people.page(session, AT_ONCE, cursor)
            for each in page.items:
                state = "disabled" if each.disabled_at else "enabled"
                typer.echo(f"{each.login}\t{each.role}\t{state}\t{each.name}")
            cursor, more = page.next, page.next is not None


@commands.command()
def disable(login: Login) -> None:
    """Let somebody in no more; they are signed out at once."""
    with _writing(_settings()) as session:
        people.disable(session, at_the_machine("cli"), _id_of(session, login))
    typer.echo(f"{login} is disabled.")


@commands.command()
def enable(login: Login) -> None:
    """Let somebody in again."""
    with _writing(_settings()) as session:
        people.enable(session, at_the_machine("cli"), _id_of(session, login))
    typer.echo(f"{login} is enabled.")


@commands.command()
def reset(login: Login) -> None:
    """Print a link that sets a new password, once within 24 hours."""
    settings = _settings()
    with _writing(settings) as session:
        person_id = _id_of(session, login)
        made = link_for(session, settings, at_the_machine("cli"), person_id)
    typer.echo(made)


@commands.command()
def link(
    login: Login,
    subject: Annotated[str, typer.Argument(help="Their `sub` at the identity provider.")],
) -> None:
    """Let somebody who has a password sign in by the identity provider too."""
    settings = _settings()
    if not settings.oidc_issuer:
        cli_start.refuse("No identity provider is set: PROVENANCE_OIDC_ISSUER is empty.")
    with _writing(settings) as session:
        person_id = _id_of(session, login)
        whole = f"{settings.oidc_issuer}#{subject}"
        people.link(session, at_the_machine("cli"), person_id, whole)
    typer.echo(f"{login} is linked.")


def first_link(session: Session, settings: Settings) -> str | None:
    """The link for the desk's first person, an administrator; none if there is anybody."""
    if db.people.any_exists(session):
        return None
    maker = at_the_machine("first start")
    wanted = NewPerson(login=FIRST_LOGIN, name="First administrator", role=Role.ADMIN)
    person = people.add(session, maker, wanted)
    return link_for(session, settings, maker, person.id)


def link_for(session: Session, settings: Settings, maker: Actor, person_id: str) -> str:
    """A new link that sets somebody's password, at the desk's own address."""
    secret = people.make_link(session, maker, person_id)
    return f"{settings.resolved_public_url}/desk/set-password/{secret}"


def _settings() -> Settings:
    return cli_start.settings_of_a_desk("people")


@contextmanager
def _writing(settings: Settings) -> Iterator[Session]:
    """One transaction; a refusal is said in a line and ends the command."""
    database = db.Database(settings.resolved_database_url)
    try:
        with cli_start.refusing(), database.write() as session:
            yield session
    finally:
        database.close()


def _id_of(session: Session, login: str) -> str:
    person = db.people.by_login(session, people.as_login(login))
    if person is None:
        cli_start.refuse(f"Nobody signs in as '{login}'.")
    return person.id
