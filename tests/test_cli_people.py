"""`provenance people`, and the first sign-in, as somebody with a shell has them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app import cli_first, cli_people, db
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.desk.people import PASSWORD, open_browser, sign_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def provenance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `provenance people`; gives its exit code and what it printed."""
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", settings.resolved_database_url)
    return lambda *arguments: CliRunner().invoke(cli_people.commands, arguments)


def browser_on(parts: Parts) -> TestClient:
    return open_browser(create_app(parts), "http://127.0.0.1:8000")


def follow(browser: TestClient, link: str) -> None:
    path = link.strip().removeprefix("http://127.0.0.1:8000")
    assert browser.post(path, data={"new": PASSWORD}).status_code == 303


def test_people_are_added_listed_disabled_and_reset(
    provenance: Callable[..., Result], parts: Parts
) -> None:
    added = provenance("add", "Olena", "--name", "Olena K.", "--role", "editor")
    assert added.exit_code == 0, added.stderr
    browser = browser_on(parts)
    follow(browser, added.stdout)
    assert sign_in(browser, "olena").status_code == 303
    assert provenance("list").stdout == "olena\teditor\tenabled\tOlena K.\n"
    again = provenance("add", "olena", "--name", "Another", "--role", "viewer")
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    machine = provenance("add", "robot", "--name", "Robot", "--role", "service")
    assert machine.exit_code == 1
    assert provenance("disable", "OLENA").exit_code == 0
    assert browser.get("/desk/account").status_code == 303
    assert provenance("reset", "olena").exit_code == 1
    assert provenance("enable", "olena").exit_code == 0
    follow(browser, provenance("reset", "olena").stdout)
    assert provenance("disable", "nobody").exit_code == 1


def test_the_first_start_hands_over_one_administrators_link(
    settings: Settings, parts: Parts, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        cli_first.hand_over(settings, None)
    shown = capsys.readouterr().out
    links = re.findall(r"http://127\.0\.0\.1:8000/desk/set-password/[\w-]{43}", shown)
    assert len(links) == 1
    browser = browser_on(parts)
    follow(browser, links[0])
    assert sign_in(browser, cli_people.FIRST_LOGIN).status_code == 303
    assert browser.get("/v1/me").json()["role"] == Role.ADMIN


def test_a_first_key_in_a_file_comes_alone(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    cli_first.hand_over(settings, tmp_path / "key")
    with database.read() as session:
        assert not db.people.any_exists(session)


def test_nobody_is_linked_with_a_provider_that_is_not_set(
    provenance: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert provenance("add", "kim", "--name", "Kim", "--role", "editor").exit_code == 0
    refused = provenance("link", "kim", "00u1")
    assert (refused.exit_code, "PROVENANCE_OIDC_ISSUER" in refused.output) == (1, True)
    monkeypatch.setenv("PROVENANCE_OIDC_ISSUER", "https://id.example")
    assert provenance("link", "kim", "00u1").output == "kim is linked.\n"
