"""How `provenance` refuses: in a line that says what to mend, whatever is wrong."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from typer.testing import CliRunner

from app.bootstrap import Parts
from app.cli import main
from app.db import Database
from migrations import run
from tests.databases import PostgresCluster
from workers import main as workers

type Command = Callable[..., Result]

NO_DESK = [
    ("keys", "create", "--role", "admin", "--name", "me"),
    ("people", "list"),
    ("audit", "verify"),
    ("trust", "list"),
    ("purge", "reapply"),
    ("sweep",),
    ("refingerprint", "--dry-run"),
    ("import", ".", "--collection", "archive"),
    ("hashes", "import", "pyproject.toml", "--list", "one"),
    ("serve",),
    ("work",),
]


@pytest.fixture
def provenance() -> Iterator[Command]:
    """Run the command without a start of its own."""
    before = os.umask(0o022)
    yield lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)
    os.umask(before)


@pytest.mark.parametrize("arguments", NO_DESK, ids=" ".join)
def test_where_no_desk_is_none_is_made(
    provenance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("DATABASE_URL", "")
    done = provenance(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"no desk in {tmp_path / 'elsewhere'} (PROVENANCE_DATA_DIR)" in done.stderr
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("pg", marks=pytest.mark.postgresql)])
def test_a_desk_of_another_version_is_to_be_migrated_first(
    provenance: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    engine: str,
) -> None:
    def refused(url: str) -> None:
        monkeypatch.setenv("DATABASE_URL", url)
        for _ in range(2):
            for command in (("people", "list"), ("serve",), ("work",)):
                done = provenance(*command)
                assert (done.exit_code, "`provenance migrate`" in done.stderr) == (1, True)
            run.upgrade(url, "0015_retroactive")

    if engine == "sqlite":
        refused(f"sqlite:///{tmp_path / 'old.db'}")
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh_database(template="template1") as url:
        refused(url)


def test_there_is_no_way_back_from_a_newer_version(
    provenance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "")
    url = f"sqlite:///{tmp_path / 'provenance.db'}"
    run.upgrade(url)
    database = Database(url)
    with database.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999_newer'"))
    database.close()
    done = provenance("migrate")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "newer version" in done.stderr


def test_a_database_that_is_away_is_told_in_a_line(
    provenance: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://desk@127.0.0.1:1/desk")
    for command in (("people", "list"), ("serve",)):
        done = provenance(*command)
        assert done.exit_code == 1
        assert done.stderr.startswith("The database cannot be opened: ")


def test_workers_wait_for_a_database_that_is_away(
    provenance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://desk@127.0.0.1:1/desk")
    kept_running: list[bool] = []
    monkeypatch.setattr(
        workers, "run", lambda _stop, *, with_api: kept_running.append(not with_api)
    )
    assert provenance("work").exit_code == 0
    assert kept_running == [True]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROVENANCE_PORT", "http"),
        ("PROVENANCE_RETENTION_VOID_DAYS", "never"),
        ("PROVENANCE_WEBHOOK_ALLOW_NETWORKS", "10.1.0.1/16"),
        ("PROVENANCE_OIDC_ROLES", "desk=king"),
        ("PROVENANCE_OIDC_ROLES", "desk=editor, feeds=service"),
    ],
)
def test_a_wrong_setting_is_named_as_the_environment_names_it(
    tmp_path: Path, name: str, value: str
) -> None:
    given = os.environ | {"PROVENANCE_DATA_DIR": str(tmp_path / "data"), name: value}
    command = [sys.executable, "-m", "app", "migrate"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"{name}: ")
    assert not (tmp_path / "data").exists()


def test_a_setting_that_there_is_not_is_named(
    provenance: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PROVENANCE_FIRST_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("provenance_desk_name", "Ours")
    assert provenance("migrate").stderr == ""
    monkeypatch.setenv("PROVENANCE_RETENTION_VOID", "keep")
    done = provenance("migrate")
    assert done.exit_code == 0
    assert done.stderr.startswith("PROVENANCE_RETENTION_VOID is no setting")
    assert provenance("people", "list").stderr == ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_in_words(
    provenance: Command, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(parts.settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", parts.settings.resolved_database_url)
    (tmp_path / "list").write_text("no hash")
    here, file = str(tmp_path), str(tmp_path / "list")
    refused = {
        ("keys", "create", "--role", "admin", "--name", ""): "name: ",
        ("people", "add", "kim", "--name", "", "--role", "editor"): "name: ",
        ("import", here): "`collection` is missing",
        ("import", here, "--collection", "A"): "collection: ",
        ("import", file, "--collection", "a", "--watch"): "only a `folder` is watched",
        ("hashes", "import", file, "--list", "A"): "slug: ",
        ("trust", "import", file, "--name", "", "--kind", "local"): "name: ",
        ("trust", "remove", "no"): "There is no such trust list.",
    }
    for arguments, beginning in refused.items():
        done = provenance(*arguments)
        assert (done.exit_code, done.stdout) == (1, "")
        [line] = done.stderr.splitlines()
        assert line.startswith(beginning)
    for arguments in (
        ("hashes", "import", here, "--list", "a"),
        ("trust", "import", here, "--name", "a", "--kind", "local"),
    ):
        done = provenance(*arguments)
        assert (done.exit_code, "directory" in done.stderr) == (2, True)  # lines break anywhere
